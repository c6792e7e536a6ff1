"""docs/outputs.md has every column: `python -m tests.helpers.columns` writes them anew."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandera.pandas as pa

from rtlmp import nowcast
from rtlmp.evaluation import tables as evaluation
from rtlmp.features.matrix import FEATURES
from rtlmp.model_selection import tables as selection
from rtlmp.schemas import core
from rtlmp.settlement import congestion
from tests.helpers.build import ROOT

PAGE: Final = ROOT / "docs/outputs.md"
MARK: Final = "<!-- columns: written by python -m tests.helpers.columns -->\n"


def schemas() -> list[type[pa.DataFrameModel]]:
    """Every schema, in the order of its module."""
    modules = (core, evaluation, congestion, selection, nowcast)
    found = [
        made
        for module in modules
        for _, made in inspect.getmembers(module, inspect.isclass)
        if issubclass(made, pa.DataFrameModel) and made.__module__ == module.__name__
    ]
    order = [module.__name__ for module in modules]
    return sorted(
        found, key=lambda made: (order.index(made.__module__), inspect.getsourcelines(made)[1])
    )


def meanings() -> dict[str, str]:
    """By column, what the first schema that describes it says."""
    found: dict[str, str] = {}
    for schema in schemas():
        for name, column in schema.to_schema().columns.items():
            if column.description:
                found.setdefault(name, column.description)
    return found


def described(schema: type[pa.DataFrameModel]) -> Iterator[str]:
    yield f"### {schema.__name__}\n\n{' '.join((schema.__doc__ or '').split())}\n\n"
    yield "| column | type | meaning |\n|---|---|---|\n"
    for name, column in schema.to_schema().columns.items():
        kind = f"{column.dtype}{', may be missing' if column.nullable else ''}"
        meaning = column.description or ("" if column.title else meanings().get(name, ""))
        meaning = ", ".join(filter(None, (meaning, column.title)))
        optional = "" if column.required else "; not in every file"
        yield f"| `{name}` | {kind} | {meaning}{optional} |\n"
    if schema is core.Features:
        for feature in FEATURES:
            yield f"| `{feature.name}` | float32, may be missing | {feature.about} |\n"
    yield "\n"


def page(text: str) -> str:
    """The page with its columns as the schemas have them now."""
    return (
        text.partition(MARK)[0]
        + MARK
        + "\n"
        + "".join(line for schema in schemas() for line in described(schema)).rstrip("\n")
        + "\n"
    )


if __name__ == "__main__":
    Path(PAGE).write_text(page(PAGE.read_text()))
