"""Settings checked against their declarations, and what a refusal says."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from reprlib import Repr
from typing import Final, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

RENAMED: Final = {
    "average_models": "ensemble_size",
    "sample_rows": "max_train_rows",
    "donors": "auxiliary_nodes",
    "rivals": "challengers",
    "missing": "data_denial",
    "versus": "compare_to",
    "parts": "row_blocks",  # of `model`, a member or a challenger
    "trunk": "tree_share",  # of `gate`
    "noise": "z_threshold",
    "margin": "min_relative_loss",
}
RETIRED: Final = ("stacked", "forest", "lightgbm", "climatology", "persistence")  # estimators
T = TypeVar("T")
_shown = Repr()  # of a wrong value: aliases of YAML can make one endless
_shown.maxlevel, _shown.maxstring, _shown.maxother = 2, 200, 200


def checked(kind: type[T], raw: Mapping[str, object], *at: str) -> T:
    """`raw`, found at `at`, as `kind`. Raises ValueError: key, what is allowed, value of each."""
    # in a list, since the settings of an adapter of a TypedDict itself are not its own to choose
    adapter = TypeAdapter(list[kind], config=ConfigDict(extra="forbid"))  # type: ignore[valid-type]
    try:
        [settings] = adapter.validate_python([raw])
        return settings
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, at + e['loc'][1:]))}: {_why(e, adapter)} (got {got})"
            for e in error.errors()
            for got in [_shown.repr(e["input"])]
        ]
        raise ValueError(f"config: {'; '.join(wrong)}") from None


def _why(error: ErrorDetails, adapter: TypeAdapter[list[T]]) -> str:
    key = str(error["loc"][-1])
    if key == "estimator" and error["input"] in RETIRED:
        baselines = "climatology and persistence are baselines of every backtest"
        return f"left the registry: use {error['ctx']['expected']}; {baselines}"
    if error["type"] != "extra_forbidden":
        return error["msg"].removeprefix("Value error, ")
    if key in RENAMED:
        return f"renamed: use {RENAMED[key]}"
    groups = [(of := adapter.json_schema())["items"], *of.get("$defs", {}).values()]
    known = {name for group in groups for name in group.get("properties", ())}
    return f"unknown{did_you_mean([key], known)}"


def did_you_mean(names: Iterable[str], known: Collection[str]) -> str:
    """To be added to a refusal of `names`."""
    return "".join(f"; did you mean {of}?" for q in names for of in get_close_matches(q, known, 1))
