"""Sections of `theory_table.py`: keys, keys over windows, cadences, phrase ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.cadence import cadences_of
from stretto.theory.key import Tonality, estimate_key
from stretto.theory.key_windows import key_at, key_windows
from stretto.theory.phrases import phrases_of
from theory_lines import line_sections
from theory_numerals import (
    between,
    by_hand_section,
    floating_keys,
    names_of,
    numeral_there,
    numerals_section,
    plain_figure,
    sounding,
)
from theory_pieces import Comparison, Piece, Section

KEY_REASONS = {
    "relative": "ours: it hears dominants and the last bass note, a correlation of pitch classes alone does not",
    "its dominant": "ours where the piece ends on our tonic; theirs has counted the raised fourth of passing dominants",
    "its subdominant": "ours: a minuet in B flat with a trio in E flat, after which the minuet is played again",
    "parallel": "ours: a Picardy third or minor colour is not the mode of the piece",
    "another": "open: church modes (Dorian, Mixolydian, Phrygian) that are neither",
}


WINDOW_REASONS = {
    "relative": "open, oftener ours: a profile of pitch classes weighs no dominants, which tell relative keys apart",
    "its dominant": "oftener ours: theirs is a mean of four bars, and comes late or not at all",
    "its subdominant": "oftener ours: theirs has left the key late, or leaves it early",
    "parallel": "open: Picardy thirds, and passages that change mode within four bars",
    "another": "oftener ours: modulations of a phrase, to ii, vi or iii, are levelled out in four bars",
}
"""Oftener: on the chorales analysed by hand."""


def harmony_sections(pieces: Sequence[Piece], others: Sequence[Piece], data: Path) -> list[Section]:
    """All that this module and `theory_lines` compare."""
    return [
        _keys(pieces, others),
        _windows(pieces, others),
        numerals_section(pieces, others),
        by_hand_section(data),
        _cadences(pieces),
        _phrase_ends(pieces),
        *line_sections(pieces),
    ]


def _keys(pieces: Sequence[Piece], others: Sequence[Piece]) -> Section:
    from music21.analysis.discrete import BellmanBudge

    rows = []
    for who, own in (("held-out chorales", pieces), ("other composers", others)):
        row = Comparison(what=f"key of a piece, {who}", beside="music21 BellmanBudge", reasons=KEY_REASONS)
        for piece in own:
            ours, theirs = estimate_key(piece.score), BellmanBudge().getSolution(piece.stream)
            kind = between(ours, theirs.tonic.pitchClass, theirs.mode)
            row.add(not kind, kind, f"{piece.name}: {ours}, {theirs.name}")
        rows.append(row)
    text = "`key.estimate_key` (signature, profiles, last bass note) beside a correlation with one profile."
    return Section("Key of a piece", text, tuple(rows))


def _windows(pieces: Sequence[Piece], others: Sequence[Piece]) -> Section:
    rows = []
    for who, own in (("held-out chorales", pieces), ("other composers", others)):
        row = Comparison(what=f"key of a bar, {who}", beside="music21 floatingKey, 4 bars", reasons=WINDOW_REASONS)
        for piece in own:
            theirs = floating_keys(piece)
            windows = key_windows(piece.score)
            for index, key in enumerate(theirs[: len(piece.score.bars)]):
                bar = piece.score.bars[index]
                middle = (bar.tick + piece.score.bar_end(index)) // 2
                ours = key_at(windows, middle)
                kind = between(ours, key.tonic.pitchClass, key.mode)
                row.add(not kind, kind, f"{piece.at(bar.tick)}: {ours}, {key.name}")
        rows.append(row)
    text = (
        "`key_windows.key_windows`, the key in the middle of each bar, beside windows of pitch classes. Who is nearer "
        "to an analyst is in *Beside analyses by hand*, below."
    )
    return Section("Key over windows", text, tuple(rows))


CADENCE_REASONS = {
    "ours half, theirs authentic": "ours: the dominant of the dominant leads to a chord that stays a dominant",
    "ours authentic, theirs half": "both: V of V to V; ours hears the local key, which that dominant makes",
    "ours phrygian, theirs half": "both: a phrygian cadence is a half cadence",
    "ours half, theirs plagal": "ours: what looks like I - IV is V - I of the key around, ended on its dominant",
    "ours authentic, theirs other": "ours: a dominant of the local degree resolves, as V65 of D goes to D in A major "
    "(chorale 16); in the key around, that is no cadence",
    "ours half, theirs other": "ours: the last chord is the dominant; theirs has no numeral for suspensions before it",
    "ours other, theirs plagal": "ours: the phrase ends on a seventh chord, V65/IV (chorale 83), and comes to no rest",
    "ours plagal, theirs other": "open: F, then C, where the key goes from F to C (chorale 75): IV - I or I - V",
    "ours deceptive, theirs other": "ours: V7 - VI; what sounds first in V is two suspensions (chorale 215)",
    "ours other, theirs authentic": "theirs, nearly: ii7 over the tonic's pedal in the bass, then I (chorale 216); "
    "ours sees no dominant in it",
}


def _cadences(pieces: Sequence[Piece]) -> Section:
    row = Comparison(what="name of each cadence", beside="music21's numerals, read by rule", reasons=CADENCE_REASONS)
    for piece in pieces:
        for close in cadences_of(piece.score):
            tick = close.phrase.close.settled
            theirs = _named_by_numerals(piece, tick, close.key)
            kind = f"ours {close.name}, theirs {theirs}"
            row.add(close.name == theirs, kind, f"{piece.at(tick)} in {close.key}")
    text = (
        "`cadence.cadences_of` in the local key, beside a plain rule on the numerals that music21 gives to what sounds "
        "at the last chord and at the nearest moment before it with another root."
    )
    return Section("Cadences", text, (row,))


def _named_by_numerals(piece: Piece, tick: int, key: Tonality) -> str:
    last = numeral_there(names_of(sounding(piece, tick, tick + 1)), key)
    onsets = sorted({int(n["onset"]) for n in piece.score.notes if tick - 3 * TICKS_PER_QUARTER <= n["onset"] < tick})
    for at in reversed(onsets):
        before = numeral_there(names_of(sounding(piece, at, at + 1)), key)
        six_four = before.inversion() == 2 and before.bass().pitchClass == last.bass().pitchClass
        if before.root().pitchClass != last.root().pitchClass and not six_four and len(before.pitchClasses) >= 3:
            return _rule(plain_figure(before), plain_figure(last))
    return "other"


def _rule(before: str, last: str) -> str:
    degree = last.strip("64537").lower()
    if before.startswith(("V", "vii")) and not before.startswith(("VI",)) and degree == "i":
        return "authentic"
    if before.startswith("V") and not before.startswith("VI") and degree in ("vi",):
        return "deceptive"
    if last == "V":
        return "phrygian" if before == "iv6" else "half"
    return "plagal" if before.lower().startswith("iv") and degree == "i" else "other"


PHRASE_REASONS = {
    "fermata that is not heard": "theirs; 29 of 45 are no longer than other notes of the soprano",
    "breath without a fermata": "theirs; 14 of 35 lie within three beats of a fermata",
}


def _phrase_ends(pieces: Sequence[Piece]) -> Section:
    row = Comparison(what="phrase ends heard without fermatas", beside="the fermatas", reasons=PHRASE_REASONS)
    for piece in pieces:
        told = [p.close.settled for p in phrases_of(piece.score)]
        heard = [p.close.first for p in phrases_of(piece.score.evolve(marks=()))]
        for tick in told:
            row.add(_near(tick, heard), "fermata that is not heard", piece.at(tick))
        for tick in heard:
            if not _near(tick, told):
                row.add(False, "breath without a fermata", piece.at(tick))
    text = "`phrases.phrases_of` on the chorales with their fermatas taken away; within a quarter counts as the same."
    return Section("Phrase ends", text, (row,))


def _near(tick: int, others: Sequence[int]) -> bool:
    return any(abs(tick - other) <= TICKS_PER_QUARTER for other in others)
