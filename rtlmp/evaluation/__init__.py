"""How good finished forecasts are: baselines, pairs with what was observed, scores, tests."""
