"""Probabilities from dated models: the day's, replays, the gate's choices."""
