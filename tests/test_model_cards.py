"""The model cards say what the weights beside them are; `scripts/model_cards.py` writes what is counted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
sys.path.append(str(Path(__file__).parent.parent / "scripts"))

from model_cards import BEGIN, CARDS, END, between_marks, learned_words, size_of, together
from stretto.engine.staff_weights import load_staves
from stretto.train.staves import StavesFit

pytestmark = pytest.mark.train


@pytest.mark.parametrize("name", ["keyboard", "quartet", "dynamics"])
def test_a_card_is_of_the_weights_that_ship(name: str) -> None:
    """Weights that were replaced need their card written anew: scripts/model_cards.py --cache CACHE --write."""
    counted = (CARDS / f"{name}.md").read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    path = CARDS / f"{name}.safetensors"
    words = " ".join(counted.split())
    assert size_of(path) in words
    if name != "dynamics":
        assert learned_words(load_staves(path).about) in words


def test_only_what_stands_between_the_marks_is_written_anew() -> None:
    card = f"# Card\n\nBy hand.\n\n{BEGIN}\nold\nolder\n{END}\n\nLimits.\n"
    written = between_marks(card, ["new"])
    assert written == f"# Card\n\nBy hand.\n\n{BEGIN}\nnew\n{END}\n\nLimits.\n"
    assert between_marks(written, ["new"]) == written
    with pytest.raises(SystemExit, match="the card lacks the lines"):
        between_marks("# Card\n", ["new"])


def test_what_was_learned_is_said_in_words() -> None:
    about = {
        "n_pieces": 1007, "n_notes": 20300, "periods": {"romantic": 1000, "baroque": 4}, "licences": {"cc0": 1007},
        "steps": 2406, "cpu_minutes": 56,
    }  # fmt: skip
    assert learned_words(about) == (
        "Learned from 1,007 pieces, 20,300 notes: baroque 4, romantic 1,000, of unknown period 3; cc0 1,007. "
        "Trained for 2,406 steps, 56 minutes of CPU."
    )


def test_nats_of_several_sets_together_are_of_all_their_notes() -> None:
    one = StavesFit(per_note=2.0, choices=1.0, durations=0.5, lengths=0.5, n_notes=100)
    two = StavesFit(per_note=3.0, choices=2.0, durations=0.5, lengths=0.5, n_notes=300)
    both = together([one, two])
    assert (both.per_note, both.choices, both.n_notes) == (2.75, 1.75, 400)
