"""The two nodes that `HB_WEST minus HB_NORTH` is made of; without pandas: every start reads it."""

from collections.abc import Iterable
from typing import Final

MINUS: Final = " minus "  # in no market's names


def legs(nodes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What each of `nodes` that is a difference is made of; those that are none are left out.

    Raises ValueError where one is no difference of two.
    """
    made = {node: tuple(part.strip() for part in node.split(MINUS)) for node in nodes}
    found = {node: parts for node, parts in made.items() if MINUS.strip() in node.split()}
    for node, parts in found.items():
        if len({*parts} - {""}) != 2 or len(parts) != 2 or node != MINUS.join(parts):  # noqa: PLR2004
            raise ValueError(f"config: nodes has {node!r}: want two nodes as 'A{MINUS}B'")
    return {node: (parts[0], parts[1]) for node, parts in found.items()}


def sourced(nodes: Iterable[str]) -> list[str]:
    """The locations that a source has to give for `nodes`, each once, sorted."""
    made = legs(nodes := [*nodes])
    return sorted({place for node in nodes for place in made.get(node, (node,))})
