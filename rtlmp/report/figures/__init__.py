"""Pictures of a backtest, by name: a new one is a function, named in FIGURES of its module, and
its caption in workflow/report/backtest."""
