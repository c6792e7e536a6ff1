"""What was known at an instant: published vintages, hours made of them, labels."""
