"""History that trains a model although nobody asks for its forecast: other places, other prices.

A node is a made-up node: the prices of a kind at a place, which `hourly` keeps under the
node's name, and the day-ahead price of that place. It has features like any node, apart from
the others so that theirs do not change, and its rows train every pool.
"""

from collections.abc import Mapping

from rtlmp.asof.vintages import RowsBySeries, SeriesRows, concat_series
from rtlmp.catalog import BY_NAME, SeriesName
from rtlmp.config import AuxiliaryNode


def auxiliary_series(
    held: RowsBySeries, auxiliary_nodes: Mapping[str, AuxiliaryNode], *, auction: bool = False
) -> RowsBySeries:
    """What is `held` for the auxiliary_nodes, under their names: their price, or the auction's."""
    parts: dict[SeriesName, list[SeriesRows]] = {}
    for name, node in auxiliary_nodes.items():
        q = SeriesName.DAM_SPP if auction else BY_NAME[node["price"]]
        rows, places = held.get(q, concat_series([]))
        own = rows.at(rows.column == (places.index(node["at"]) if node["at"] in places else -1))
        parts.setdefault(q, []).append((own._replace(column=0 * own.column), [name]))
    return {q: concat_series(of) for q, of in parts.items()}
