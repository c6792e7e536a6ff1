"""Probability that a real-time LMP spikes in each of the next days' hours, from what was public."""
