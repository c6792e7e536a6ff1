"""A user's own files of observations."""
