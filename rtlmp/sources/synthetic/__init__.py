"""A small market with a known truth: `weather`, `price`, `publication`, and `market` of all."""
