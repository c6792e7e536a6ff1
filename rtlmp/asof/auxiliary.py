"""History that trains a model although it is not forecast: other places, other prices.

An auxiliary node is the prices of a kind at a place, which `hourly` keeps under the node's name,
and the day-ahead price of that place. It has features like any node, apart from the others so that
theirs do not change, and its rows train every pool.
"""

from collections.abc import Mapping

from rtlmp.asof.vintages import RowsBySeries, SeriesRows, concat_series
from rtlmp.catalog import BY_NAME, SeriesName
from rtlmp.config import AuxiliaryNode


def auxiliary_series(
    observed: RowsBySeries, nodes: Mapping[str, AuxiliaryNode], *, auction: bool = False
) -> RowsBySeries:
    """Of what is `observed`, the price of auxiliary `nodes`, or the auction's, by their names."""
    found: dict[SeriesName, list[SeriesRows]] = {}
    for name, node in nodes.items():
        q = SeriesName.DAM_SPP if auction else BY_NAME[node["price"]]
        rows, places = observed.get(q, concat_series([]))
        own = rows.at(rows.column == (places.index(node["at"]) if node["at"] in places else -1))
        found.setdefault(q, []).append((own._replace(column=0 * own.column), [name]))
    return {q: concat_series(of) for q, of in found.items()}
