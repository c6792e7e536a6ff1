"""Pages to open in a browser, offline: what is forecast today, and how good it has been."""

from typing import Final

TABLED: Final = {  # the tables that a target's own page shows
    "verify": ("backtest/[ds]*.parquet", "backtest/*_by.parquet", "s[ce]*/**/*.parquet"),
    "validate": ("validation/[!f]*.parquet", "validation/folds.parquet"),
    "compare": ("compare/*/*.parquet",),
    "contracts": ("contracts/*.parquet",),
}
