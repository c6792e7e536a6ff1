"""Arrow's numbers as NumPy's, without pandas.

pyarrow's own `to_numpy` and `array` import it, which is a third of a training job's start-up.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def numbers(of: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """The numbers themselves, not a copy, where they lie in one piece; none may be missing."""
    whole = of.combine_chunks() if isinstance(of, pa.ChunkedArray) else of
    return np.from_dlpack(whole)
