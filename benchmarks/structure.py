"""How the package is built: rooms, their lines, and who imports whom.

A room is a module or folder of rtlmp/; an arrow is a pair of rooms of which one imports the other;
floors are the rooms on the longest chain of arrows. The order of rooms and the core are those of
the contracts in pyproject.toml, which `lint-imports` checks: an arrow against the order is upward.
"""

import argparse
import tomllib
from collections import defaultdict

import grimp

from benchmarks.pipeline import ROOT


def arrows() -> set[tuple[str, str]]:
    """Pairs of rooms: the one that imports, the one imported; lazy imports too."""
    graph = grimp.build_graph("rtlmp", cache_dir=None)
    pairs = {(m, n) for m in graph.modules for n in graph.find_modules_directly_imported_by(m)}
    rooms = {(m.split(".")[1], n.split(".")[1]) for m, n in pairs if "." in m and "." in n}
    return {(room, other) for room, other in rooms if room != other}


def lines(room: str) -> int:
    """Lines that are not blank."""
    folder = ROOT / "rtlmp" / room
    files = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
    return sum(bool(line.strip()) for path in files for line in path.read_text().splitlines())


def options(_: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers, core, *_rest = contracts["contracts"]
    order = layers["layers"][::-1]  # the lowest first
    floor, imported = dict.fromkeys(order, 1), defaultdict[str, set[str]](set)
    for room, other in arrows():
        imported[room].add(other)
    for room in order:
        below = imported[room] & {*order[: order.index(room)]}
        floor[room] += max((floor[other] for other in below), default=0)
        names = " ".join(sorted(imported[room], key=order.index))
        print(f"{room:16s} floor {floor[room]:2d} {lines(room):6d} lines  {names}")
    found = [(order.index(a), order.index(b)) for a, of in imported.items() for b in of]
    print(f"{len(order)} rooms on {max(floor.values())} floors, {len(found)} arrows,", end=" ")
    print(f"{sum(a < b for a, b in found)} upward")
    of_core = [name.removeprefix("rtlmp.") for name in core["source_modules"]]
    print(f"{sum(map(lines, order))} lines, {sum(map(lines, of_core))} in the core")
