"""The forecasts of a backtest with what was observed, a threshold at a time: what scores read.

The long table repeats every question for each model and threshold; here it stands once, with a
column of probabilities a model. A year of a thousand nodes is 26 million questions, 1.3 GB.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.io.files import naming
from rtlmp.schemas.core import Scored
from rtlmp.schemas.names import Forecaster

Times: TypeAlias = npt.NDArray[np.datetime64]  # us, UTC
Int32s: TypeAlias = npt.NDArray[np.int32]
TIMES: Final = (Scored.issue_time, Scored.valid_time)
BOUNDS: Final = (Scored.lower, Scored.upper)
COLUMNS: Final = (
    *TIMES, Scored.location, Scored.lead_day, Scored.threshold, Scored.model, Scored.probability,
    Scored.max_price, *BOUNDS,
)  # fmt: skip
CHECKED: Final = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True)
)
COUNTED: Final = 3  # fields before those of a value a row


class Pairs(NamedTuple):
    """Questions of one threshold that every model answered and whose price is known."""

    threshold: float
    places: list[str]
    models: list[str]
    issued: Times  # (rows,)
    valid: Times
    place: Int32s  # index into `places`
    lead_day: Int32s
    highest: Floats  # USD/MWh
    p: Floats  # (models, rows)
    bounds: Floats  # of the model, lower and upper, where the truth is known: (2 or 0, rows)

    def at(self, rows: Flags | npt.NDArray[np.intp]) -> "Pairs":
        """Those of some rows."""
        columns: list[Any] = [column[..., rows] for column in self[COUNTED:]]
        return Pairs(*self[:COUNTED], *columns)

    def of(self, model: str) -> Floats:
        """Its probabilities: (rows,)."""
        return self.p[self.models.index(model)]

    @property
    def spiked(self) -> Floats:
        return (self.highest > self.threshold).astype(np.float64)


def pairs(scored: DataFrame[Scored]) -> Iterator[Pairs]:
    """Those of each threshold of a table in memory that has any, lowest first."""
    for x, rows in _known(scored).groupby(Scored.threshold):
        if len((of := _laid_out(rows, float(str(x)))).issued):
            yield of


def read_pairs(path: str | Path, nodes: Collection[str] = ()) -> Iterator[Pairs]:
    """The same of a file, of `nodes` or all: a row group at a time."""
    here = pc.field(Scored.location).isin(nodes) if nodes else pc.scalar(value=True)
    with naming(path):
        [file] = ds.dataset(path, format=CHECKED).get_fragments()
        columns = [c for c in COLUMNS if c in file.physical_schema.names]
        batches = file.to_batches(columns=[Scored.threshold], filter=here)
        found = {x for of in batches for x in pc.unique(of[Scored.threshold]).to_pylist()}
    for x in sorted(found):
        wanted = here & (pc.field(Scored.threshold) == x)
        groups = (
            _known(group.to_table(columns=columns, filter=wanted).to_pandas())
            for group in file.split_by_row_group(wanted)
        )
        made = (_laid_out(rows, x) for rows in groups if len(rows))
        if parts := [of for of in made if len(of.issued)]:
            yield _joined(parts)


def unknown_share(path: str | Path) -> dict[str, float]:
    """By node, share of the hours forecast in a file whose price is unknown."""
    model = pc.field(Scored.model) == Forecaster.MODEL.value
    with naming(path):
        table = ds.dataset(path, format=CHECKED)
        rows = table.to_table([Scored.location, Scored.max_price], filter=model).to_pandas()
    unknown = rows[Scored.max_price].isna().groupby(rows[Scored.location]).mean()
    return {str(node): share for node, share in unknown.items()}


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows[Scored.max_price].notna() & rows[Scored.probability].notna()]


def _laid_out(rows: pd.DataFrame, x: float) -> Pairs:
    """Of one threshold: each model's rows in the order of the questions that all answered."""
    place, places = pd.factorize(rows[Scored.location], sort=True)
    model, models = pd.factorize(rows[Scored.model])
    issued, valid = (rows[k].to_numpy("datetime64[us]") for k in TIMES)
    order = np.lexsort((place, valid, issued))
    changes = [np.diff(of[order]).astype(np.int64) != 0 for of in (place, valid, issued)]
    question = np.zeros(len(order), dtype=np.intp)
    question[order[1:]] = np.cumsum(np.any(changes, axis=0))
    answers = np.bincount(question)
    shared = order[answers[question[order]] >= len(models)]
    of_model = {name: shared[model[shared] == k] for k, name in enumerate(models)}
    if any(len(of) != np.sum(answers >= len(models)) for of in of_model.values()):
        raise ValueError(f"threshold {x:g}: a model forecast one hour of a node twice on one date")
    first, p = of_model[models[0]], rows[Scored.probability].to_numpy()
    bounds = np.empty((0, len(first)))
    if {Forecaster.MODEL, Forecaster.TRUTH} <= of_model.keys() and Scored.lower in rows:
        bounds = np.array([rows[c].to_numpy()[of_model[Forecaster.MODEL]] for c in BOUNDS])
    lead_day, highest = rows[Scored.lead_day].to_numpy(np.int32), rows[Scored.max_price].to_numpy()
    keys = (of[first] for of in (issued, valid, place.astype(np.int32), lead_day, highest))
    columns: list[Any] = [*keys, np.stack([p[of] for of in of_model.values()]), bounds]
    return Pairs(x, [*places], [*models], *columns)


def _joined(parts: list[Pairs]) -> Pairs:
    """Parts of one threshold, one after the other. Raises ValueError if their models differ."""
    first = parts[0]
    if any({*part.models} != {*first.models} for part in parts):
        raise ValueError(
            f"threshold {first.threshold:g}: models differ, {[part.models for part in parts]}"
        )
    places = sorted({place for part in parts for place in part.places})
    index = {place: k for k, place in enumerate(places)}
    moved = [
        part._replace(
            place=np.array([index[p] for p in part.places], np.int32)[part.place],
            p=part.p[[part.models.index(model) for model in first.models]],
        )
        for part in parts
    ]
    each = zip(*(part[COUNTED:] for part in moved), strict=True)
    columns = (np.concatenate(of, axis=-1) for of in each)
    return Pairs(first.threshold, places, first.models, *columns)
