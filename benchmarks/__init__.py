"""How fast it is beside the least it could be, and beside others: `python -m benchmarks`."""
