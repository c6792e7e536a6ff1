"""History that trains a model although nobody asks for its forecast: other places, other prices.

A donor is a made-up node: the prices of a kind at a place, which `hourly` keeps under the
donor's name, and the day-ahead price of that place. It has features like any node, apart from
the others so that theirs do not change, and its rows train every pool.
"""

from collections.abc import Mapping

from rtlmp.archive import Held, Part, joined
from rtlmp.catalog import BY_NAME, Q
from rtlmp.config import Donor


def renamed(held: Held, donors: Mapping[str, Donor], *, auction: bool = False) -> Held:
    """What is `held` for the donors, under their names: their price, or the auction's."""
    parts: dict[Q, list[Part]] = {}
    for name, donor in donors.items():
        q = Q.DAM_SPP if auction else BY_NAME[donor["price"]]
        rows, places = held.get(q, joined([]))
        own = rows.at(rows.column == (places.index(donor["at"]) if donor["at"] in places else -1))
        parts.setdefault(q, []).append((own._replace(column=0 * own.column), [name]))
    return {q: joined(of) for q, of in parts.items()}
