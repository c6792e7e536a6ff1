"""Pictures of a backtest: one function each, and the table behind each in `data`."""
