"""A small market with a known truth: `weather`, `price`, `publication`, and `market` of all."""

from typing import Final

from rtlmp.catalog import SeriesName

NAMED: Final = (SeriesName.SYSTEM_LAMBDA, SeriesName.SHADOW_PRICE)  # only where asked for
