"""Every table that is written: its columns, and the names that stand in them."""
