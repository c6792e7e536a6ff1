"""A folder of observation files, read in pieces: `months` checks all, `coverage` the target."""
