"""Score -> ABC -> Score: everything that ABC can say comes back; of any score at all, every note."""

from __future__ import annotations

from collections import Counter

from hypothesis import assume, given, settings
from made_scores import any_scores
from sayable_scores import sayable_scores

from stretto.score.abc_read import read_abc
from stretto.score.abc_write import write_abc
from stretto.score.model import Score


def again(score: Score) -> Score:
    """Written and read."""
    return read_abc(write_abc(score)[0], "again.abc")


def note_heads(score: Score) -> Counter[tuple[int, int, int, int, bool]]:
    """Onset, duration, pitch, part and kind of every note."""
    return Counter(
        (int(n["onset"]), 0 if n["grace"] else int(n["duration"]), int(n["pitch"]), int(n["part"]), bool(n["grace"]))
        for n in score.notes
    )


@given(any_scores())
@settings(max_examples=50, deadline=None)
def test_every_note_of_any_score_survives(score: Score) -> None:
    """Onset, duration, pitch and part, however odd the bars, voices and staves; graces too."""
    assume(len(score.parts) and score.end)
    assert note_heads(again(score)) == note_heads(score)


@given(sayable_scores())
@settings(max_examples=50, deadline=None)
def test_what_abc_can_say_comes_back_exactly(score: Score) -> None:
    """Notes with spelling, voice and staff; bars, metre, key, tempo, clefs, parts, marks and info."""
    data, lost = write_abc(score)
    assert lost == ()
    found = read_abc(data, "again.abc")
    assert found == score
    assert found.notices == ()


def test_da_capo_al_fine_keeps_its_words() -> None:
    score = read_abc(b"X:1\nM:4/4\nL:1/4\nK:C\nCDEF | GA!fine!B2 || cBAG | FE!D.C.alfine!D2 |]\n", "t.abc")
    assert [(m.text, m.extra) for m in score.marks] == [("fine", ""), ("da capo", "D.C. al Fine")]
    assert "!D.C.alfine!" in write_abc(score)[0].decode()
