"""How good finished forecasts are: pairs with what was observed, scores, tests, tables."""
