"""Names of the columns read without pandas, of tables that `rtlmp.schemas.core` describes.

Importing pandas and pandera takes .7 s of CPU, as much as all else that a training job imports, and
a ninth of the 6.3 s that a training takes: so training, the files a forecast is exported to and
what the Snakefile imports do without. The fork is this module, `rtlmp.io.parquet` beside
`io.tables` and `asof.vintages` beneath `asof.view`; a test holds the names together.
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
