"""The one door to the data: vintages, and what of them was known at an instant."""
