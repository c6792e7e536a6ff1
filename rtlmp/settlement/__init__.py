"""What prices settle: blocks, costs of a load, congestion, contracts."""
