"""Pages to open in a browser, offline: what is forecast today, and how good it has been."""
