"""Forms and imitation: which passages are asked to recall which."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.errors import RequestError
from stretto.frames.canvas import GIVEN
from stretto.verbs.form import make_form
from stretto.verbs.returns import CONTRAST, RETURN, TAKE_UP, entries, sectioned_form

WISHES = {"style": "bach", "meter": "4/4", "pickup": 24, "mode": "major"}
BAR = 96


def test_letters_that_return_recall_their_first_section_and_new_ones_contrast() -> None:
    form, returns = sectioned_form("AABA", n_bars=16, rng=np.random.default_rng(0), **WISHES)
    length = 4 * BAR
    asked = {(echo.start, echo.end, echo.lag) for echo in returns.echoes}
    assert asked == {(length, 2 * length, length), (3 * length, 4 * length, 3 * length)}
    assert {echo.part for echo in returns.echoes} == {0, 1, 2, 3}
    assert returns.pulls[RETURN] == returns.echoes
    assert {(echo.start, echo.lag) for echo in returns.pulls[CONTRAST]} == {(2 * length, 2 * length)}
    assert form.end == 16 * BAR


def test_equal_letters_have_equal_phrases() -> None:
    form, _ = sectioned_form("ABA", n_bars=12, rng=np.random.default_rng(1), **WISHES)
    length = 4 * BAR
    first, second, third = ([t % length for t in form.phrase_ends if t // length == k] for k in range(3))
    assert first == third and first and second
    assert len(form.phrase_ends) == len(form.goals) == len(form.closes)


@pytest.mark.parametrize(("letters", "n_bars"), [("A", 8), ("aab", 12), ("AAB", 16), ("AABA", 4), ("", 8)])
def test_a_form_that_cannot_be_is_refused(letters: str, n_bars: int) -> None:
    with pytest.raises(RequestError, match="form"):
        sectioned_form(letters, n_bars=n_bars, rng=np.random.default_rng(0), **WISHES)


def test_in_every_phrase_one_voice_leads_and_others_enter_before_it_has_ended() -> None:
    form = make_form(n_bars=12, rng=np.random.default_rng(2), **WISHES)
    returns = entries(form, "bach", np.random.default_rng(2))
    assert returns.pulls == {TAKE_UP: returns.echoes} and len(returns.echoes) >= len(form.phrase_ends)
    for echo in returns.echoes:
        assert echo.part != echo.source and echo.lag > 0
        assert any(echo.end == end for end in form.phrase_ends) and echo.start + 48 <= echo.end


def test_the_voices_of_a_motet_are_silent_until_they_enter_and_those_of_a_chorale_begin_together() -> None:
    for seed in range(5):
        form = make_form(n_bars=12, rng=np.random.default_rng(seed), **WISHES)
        motet, chorale = (entries(form, style, np.random.default_rng(seed)) for style in ("renaissance", "bach"))
        assert motet.echoes == chorale.echoes and chorale.canvas(form.end) is None
        first = {echo.part: echo.start for echo in motet.echoes if echo.end == form.phrase_ends[0]}
        assert motet.enters == tuple(first.get(voice, 0) for voice in range(4))
        canvas = motet.canvas(form.end)
        if canvas is None:
            assert not first
            continue
        ticks = np.arange(0, form.end, 24, dtype=np.int32)
        silent = canvas.given_at(ticks) == GIVEN
        assert (silent == (ticks[:, None] < np.array(motet.enters))).all()
