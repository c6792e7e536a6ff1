"""Names of the columns read where importing pandas and pandera would cost more than the work.

`rtlmp.tables` describes the tables they are of; a test holds the two together.
"""

from typing import Final

SERIES: Final = "series"
LOCATION: Final = "location"
VALID: Final = "valid_time"
PUBLISHED: Final = "publish_time"
VALUE: Final = "value"
ISSUED: Final = "issue_time"
THRESHOLD: Final = "threshold"
OBSERVED: Final = (VALID, SERIES, LOCATION, PUBLISHED, VALUE)
