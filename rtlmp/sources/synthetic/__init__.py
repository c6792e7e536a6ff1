"""A made-up market whose spike probabilities are known, in the shape of the real one."""
