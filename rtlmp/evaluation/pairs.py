"""The forecasts of a backtest with what came, laid out a threshold at a time: what scores read.

The long table repeats every question for each model and threshold; here it stands once, beside a
column of probabilities a model. A year of a thousand nodes is 26 million questions, 1.3 GB.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.io.parquet import possible_row_groups
from rtlmp.schemas.core import Scored
from rtlmp.schemas.names import Forecaster

Times: TypeAlias = npt.NDArray[np.datetime64]  # us, UTC
Int32s: TypeAlias = npt.NDArray[np.int32]
KEYS: Final = (Scored.issue_time, Scored.valid_time, Scored.location)
COLUMNS: Final = (
    *KEYS,
    Scored.lead_day,
    Scored.threshold,
    Scored.model,
    Scored.probability,
    Scored.max_price,
)
BOUNDS: Final = (Scored.lower, Scored.upper)
COUNTED: Final = 3  # fields before those of a value a row


class Pairs(NamedTuple):
    """Questions of one threshold that every model answered and whose price came."""

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
        return self._replace(
            issued=self.issued[rows],
            valid=self.valid[rows],
            place=self.place[rows],
            lead_day=self.lead_day[rows],
            highest=self.highest[rows],
            p=self.p[:, rows],
            bounds=self.bounds[:, rows],
        )

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
    file = pq.ParquetFile(path)
    columns = [c for c in (*COLUMNS, *BOUNDS) if c in file.schema_arrow.names]
    here = possible_row_groups(
        file, {Scored.location: (min(nodes, default=None), max(nodes, default=None))}
    )
    for x, held in sorted(_groups(file, here).items()):
        groups = (_known(file.read_row_group(k, columns).to_pandas()) for k in held)
        parts = [_laid_out(rows, x) for of in groups if len(rows := of[_of(of, x, nodes)])]
        if parts := [part for part in parts if len(part.issued)]:
            yield _joined(parts)


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows[Scored.max_price].notna() & rows[Scored.probability].notna()]


def _groups(file: pq.ParquetFile, among: Collection[int]) -> dict[float, list[int]]:
    """Row groups that hold each threshold."""
    found: dict[float, list[int]] = {}
    for k in among:
        for x in file.read_row_group(k, [Scored.threshold])[Scored.threshold].unique().to_pylist():
            found.setdefault(x, []).append(k)
    return found


def _of(rows: pd.DataFrame, x: float, nodes: Collection[str]) -> "pd.Series[bool]":
    asked = rows[Scored.threshold] == x
    return asked & rows[Scored.location].isin(nodes) if nodes else asked


def _laid_out(rows: pd.DataFrame, x: float) -> Pairs:
    """Of one threshold: each model's rows in the order of the questions that all answered."""
    place, places = pd.factorize(rows[Scored.location], sort=True)
    issued, valid = (rows[k].to_numpy("datetime64[us]") for k in KEYS[:2])
    order = np.lexsort((place, valid, issued))
    new = np.zeros(len(order), dtype=bool)
    new[1:] = np.any([np.diff(of[order]).astype(np.int64) != 0 for of in (place, valid, issued)], 0)
    question = np.empty(len(order), dtype=np.intp)
    question[order] = np.cumsum(new)
    model, models = pd.factorize(rows[Scored.model])
    answers = np.bincount(question)
    kept = answers[question] >= len(models)
    of_model = [order[(model == k)[order] & kept[order]] for k in range(len(models))]
    if any(len(of) != np.sum(answers >= len(models)) for of in of_model):
        raise ValueError(f"threshold {x:g}: a model forecast one hour of a node twice on one date")
    first = of_model[0]
    p, said = rows[Scored.probability].to_numpy(), dict(zip(models, of_model, strict=True))
    bounded = (
        BOUNDS
        if {Forecaster.MODEL, Forecaster.TRUTH} <= said.keys() and Scored.lower in rows
        else ()
    )
    bounds = np.array([rows[c].to_numpy()[said[Forecaster.MODEL]] for c in bounded])
    return Pairs(
        x,
        [*places],
        [*models],
        issued[first],
        valid[first],
        place[first].astype(np.int32),
        rows[Scored.lead_day].to_numpy(np.int32)[first],
        rows[Scored.max_price].to_numpy()[first],
        np.stack([p[of] for of in of_model]),
        bounds.reshape(len(bounded), len(first)),
    )


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
