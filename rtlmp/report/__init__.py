"""Pages to open in a browser, offline: what is forecast today, and how good it has been."""

from typing import Final

TABLED: Final = ("settlement", "contracts", "scenario", "validation", "compare")  # on one page
