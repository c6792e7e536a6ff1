"""A hundred spoilt inputs a parser: none kills the process, none is told obscurely.

`python -m benchmarks mutations` does ten thousand each.
"""

import pytest

from benchmarks.mutated import PARSERS
from benchmarks.mutations import told

OURS = ("store: posting", "history (Arrow)", "model: booster", "model: card")  # with a digest


@pytest.mark.parametrize("name", PARSERS)
def test_spoilt_inputs_are_named_and_kill_nothing(name):
    found = told(name, 100)
    assert found.counts.total() == 100
    assert not found.examples.get("obscure")
    assert not found.examples.get("crash")
    assert not (name in OURS and found.examples.get("other"))
