"""The page on the two axes shows pictures that exist, and numbers that are the network's."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


def test_every_picture_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "biaxial.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((images/[^)]+)\)", page)
    assert len(named) == len(set(named)) == 6
    assert all((ROOT / "docs" / path).is_file() for path in named)


@pytest.mark.train
def test_shares_of_draws_are_the_chances_of_the_network() -> None:
    """Of a network with pitches on their own, whose chances are known; what is given stays."""
    torch = pytest.importorskip("torch")
    from stretto.networks.elman import Config, Elman

    spec = importlib.util.spec_from_file_location("pictures", ROOT / "scripts" / "biaxial_pictures.py")
    assert spec is not None and spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    torch.manual_seed(0)
    net = Elman(Config(n_pitches=6, n_state=4, dropout=0.0)).eval()
    net.chance.bias.data += 2.5
    roll = np.array([[0, 1, 0, 0, 1, 0], [0, 1, 0, 1, 0, 0]], np.uint8)
    with torch.no_grad():
        chance = net.last_chances(torch.from_numpy(roll).float()).numpy()
    error = 4 * np.sqrt(chance * (1 - chance) / pictures.N_DRAWS)
    assert (np.abs(pictures.chances_after(net, roll, 0) - chance) < error).all()
    given = pictures.chances_after(net, roll, 1)
    assert given[:2].tolist() == [0.0, 1.0]
    assert (np.abs(given - chance)[2:] < error[2:]).all()
