"""What a feature is: a plain function of a `View`, registered with its unit, group and inputs.

To define one is to register it: columns are in the order of the groups, each a module, and of the
definitions in it. The function's name is the column's; `over` makes a family, one column per tuple
of arguments. A function returns an array that broadcasts to (72 hours, nodes), NaN where unknown.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from inspect import signature
from typing import Concatenate, Final, NamedTuple, ParamSpec, TypeAlias, TypeVar

import numpy as np

from rtlmp.asof.view import View
from rtlmp.asof.vintages import Floats
from rtlmp.catalog import SeriesName as S
from rtlmp.catalog import Unit
from rtlmp.config.kinds import Horizon

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Floats])
Over: TypeAlias = Sequence[tuple[object, ...]]
Only: TypeAlias = Horizon | None  # None: forecasts of any horizon have it


class Group(StrEnum):
    CALENDAR = "calendar"
    PRICES = "prices"
    FUNDAMENTALS = "fundamentals"
    WEATHER = "weather"


class Feature(NamedTuple):
    name: str
    group: Group
    unit: Unit
    inputs: frozenset[S]
    compute: Callable[[View], Floats]
    about: str
    only: Only


REGISTERED: Final[list[Feature]] = []


def feature(unit: Unit, *inputs: S, over: Over = ((),), only: Only = None) -> Callable[[F], F]:
    """Decorator: one `Feature` of the function for each tuple of arguments, named in its text."""

    def add(fn: F) -> F:
        text = (fn.__doc__ or "").partition("\n")[0]
        group = Group(fn.__module__.rpartition(".")[2])
        for on in over:
            name = "_".join([fn.__name__, *map(str, on)]).lower()
            ins = frozenset(inputs) or frozenset(a for a in on if isinstance(a, S))
            doc = text.format_map(signature(fn).bind(None, *on).arguments).replace("_", " ")
            REGISTERED.append(Feature(name, group, unit, ins, lambda v, a=on: fn(v, *a), doc, only))  # type: ignore[misc]
        return fn

    return add


def once(fn: Callable[Concatenate[View, P], R]) -> Callable[Concatenate[View, P], R]:
    """`fn`, computed once a view and arguments: features share the costly arrays."""

    def cached(view: View, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (fn.__qualname__, args, tuple(kwargs.items()))
        if key not in view.memo:
            view.memo[key] = fn(view, *args, **kwargs)
        return view.memo[key]

    return cached


def mean(values: Floats, axis: int) -> Floats:
    """Mean of what is known along `axis`; NaN, without a warning, where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def highest(values: Floats, axis: int) -> Floats:
    """Highest known value along `axis`, NaN where nothing is."""
    top = np.where(np.isnan(values), -np.inf, values).max(axis=axis)
    return np.where(np.isneginf(top), np.nan, top)
