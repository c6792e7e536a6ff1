"""Files of others made into observation files: `python -m rtlmp.sources.imports --help`."""
