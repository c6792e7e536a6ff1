"""Files: written whole or not at all, Parquet and Arrow as arrays, Parquet as tables."""
