"""What tests of the verbs on staves share: a network of random weights in the place of those that ship."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_network import small_network

from stretto.engine.staff_weights import StavesWeights
from stretto.verbs.staves.ensemble import Ensemble

_KEPT: dict[str, StavesWeights] = {}


@pytest.fixture(autouse=True)
def knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ensemble plays from a small network that is as likely to do anything."""

    from_a_file = Ensemble.weights

    def weights(players: Ensemble) -> StavesWeights:
        if players.path is not None:
            return from_a_file(players)
        if players.name not in _KEPT:
            _KEPT[players.name] = small_network(players)
        return _KEPT[players.name]

    monkeypatch.setattr(Ensemble, "weights", weights)
