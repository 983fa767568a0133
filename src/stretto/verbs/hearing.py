"""How a document is heard: its key, its parts' voices, the beat of what was played; and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.score.model import Score
from stretto.score.text_names import note_name
from stretto.theory.key import (
    Tonality,
    estimate_key,
    last_bass,
    parse_key,
    pitch_name,
    ranked_keys,
    tonality_of_mode,
    tonality_of_signature,
)
from stretto.theory.performance import Played, on_the_beat, played_live
from stretto.theory.spelling import spell_unspelled
from stretto.theory.understand import CLOSE, note_values
from stretto.verbs.document import Document, document_of
from stretto.verbs.lines import opened
from stretto.verbs.voicing import VOICES, voices_of_parts


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """How a document is to be heard, where it does not say or the user knows better."""

    voices: Sequence[str] = ()
    """Which voices its parts are, from the top; none = by name and range."""
    take: Sequence[str] = ()
    """The parts that are heard, by number from the top or by name; the others stay unheard. None = all."""
    key: str | None = None
    """The key it is in; None = as the document says, or as its notes suggest."""
    octaves: int = 0
    """By which the network hears it higher (lower, if negative); it is written where it was."""


def document_for(score: Score, hearing: Hearing | None = None) -> Document:
    """A document as its user describes it."""
    hearing = hearing or Hearing()
    heard, played = heard_on_the_beat(score)
    whole, lines = opened(heard)
    up = 12 * hearing.octaves
    found = voices_of_parts(whole, hearing.voices, hearing.take, up=up)
    return document_of(heard, whole, lines, found, keys=keys_of(score, hearing.key), up=up, played=played)


def heard_on_the_beat(score: Score) -> tuple[Score, Played | None]:
    """A document on the beat, and, if it was played and not written, how."""
    if not played_live(score):
        return score, None
    beat = on_the_beat(score)
    return beat.score, Played(notes=score.notes, beat=beat)


def keys_of(score: Score, wish: str | None) -> tuple[tuple[int, Tonality], ...]:
    """The tick from which each key of a document is in force: one, if it is wished or no other signature follows."""
    starts = sorted({0, *(key.tick for key in score.keys)})
    signatures = [score.key_at(start) for start in starts]
    if wish is not None or len({signature.fifths for signature in signatures if signature is not None}) < 2:
        return ((0, _key_of(score, wish)),)
    found = list[tuple[int, Tonality]]()
    onset = score.notes["onset"]
    for start, end, signature in zip(starts, [*starts[1:], score.end + 1], signatures, strict=True):
        own = score.notes[(onset >= start) & (onset < end)]
        if not len(own):
            continue
        keys = () if signature is None else (replace(signature, tick=0),)
        key = _key_of(score.evolve(notes=own, keys=keys, marks=()), None)
        if not found or key != found[-1][1]:
            found.append((start if found else 0, key))
    return tuple(found)


def keys_over(keys: Sequence[tuple[int, Tonality]], holes: Sequence[Hole]) -> str:
    """The keys that are in force where something is open, in the order of the document.

    >>> C, G = (0, parse_key("C major")), (96, parse_key("G major"))
    >>> keys_over([C, G], [Hole(part=0, start=0, end=96)]), keys_over([C, G], [Hole(part=0, start=24, end=97)])
    ('C major', 'C major, G major')
    """
    ends = [*(tick for tick, _ in keys[1:]), None]
    heard = [
        str(key)
        for (start, key), end in zip(keys, ends, strict=True)
        if any((end is None or hole.start < end) and hole.end > start for hole in holes)
    ]
    return ", ".join(dict.fromkeys(heard or [str(keys[0][1])]))


def _key_of(score: Score, wish: str | None) -> Tonality:
    """The key: as wished, else as the document says where it says a mode, else as the notes suggest."""
    if wish is not None:
        key = parse_key(wish)
    else:
        written = score.key_at(0)
        stated = (tonality_of_signature(written) or tonality_of_mode(written)) if written is not None else None
        key = stated if stated is not None and stated.mode else estimate_key(score)
        key = _meant(score, key) if written is not None and written.mode == "major" else key
    if key.mode not in ("major", "minor"):
        raise RequestError(f"key {key}: the network knows major and minor; name the nearer of them with --key")
    return key


def _meant(score: Score, stated: Tonality) -> Tonality:
    """The relative minor of a "major" that programs write to every signature: it fits far better, and is closed in."""
    fits = {ranked.key: ranked.fit for ranked in ranked_keys(score)}
    minor = Tonality(stated.tonic_fifths + 3, "minor")
    closed = last_bass(score.notes) == minor.tonic
    return minor if closed and fits.get(minor, -1.0) - fits.get(stated, 1.0) >= CLOSE else stated


def what_it_is(score: Score, hearing: Hearing | None = None) -> str:
    """What a document is taken for, in one line: key, metre, pickup, bars, and the voice of each part.

    Args:
        score: the document, understood.
        hearing: how it is to be heard.

    Raises:
        RequestError: it does not fit a choir.
    """
    hearing = hearing or Hearing()
    whole, _ = opened(heard_on_the_beat(score)[0])
    found = voices_of_parts(whole, hearing.voices, hearing.take, up=12 * hearing.octaves)
    said = key_and_meter(score, hearing.key)
    key = keys_of(score, hearing.key)[0][1]
    whole = spell_unspelled(whole, key=key)
    for part, voice in sorted(found.items(), key=lambda item: item[1]):
        own = whole.notes[(whole.notes["part"] == part) & (whole.notes["grace"] == 0)]
        ends = (own[own["pitch"].argmin()], own[own["pitch"].argmax()])
        low, high = (note_name(int(note["pitch"]), int(note["fifths"])) for note in ends)
        said.append(f"{VOICES[voice]} {low}-{high}")
    return ", ".join(part for part in said if part)


def key_and_meter(score: Score, wish: str | None) -> list[str]:
    """Keys, metres, pickup and number of bars of a document, in words; `wish` is the key that its user says."""
    meters = list(dict.fromkeys(f"{meter.numerator}/{meter.denominator}" for meter in score.meters))
    keys = keys_of(score, wish)
    key = keys[0][1]
    later = "".join(f", from bar {score.bars[score.bar_index(tick)].number} on {other}" for tick, other in keys[1:])
    said = [
        _mode(score, wish) + str(key) + (later or _rival(score, wish)),
        ", ".join(meters[:3]) + (" ..." if len(meters) > 3 else ""),
    ]
    if score.pickup:
        said.append(f"pickup of {note_values(score.pickup)}")
    n_bars = sum(bar.number > 0 for bar in score.bars)
    said.append(f"{n_bars} bar{'s' * (n_bars != 1)}")
    return said


def _mode(score: Score, wish: str | None) -> str:
    """A church mode that the document names, which the network hears as major or minor."""
    written = score.key_at(0)
    stated = tonality_of_mode(written) if written is not None and wish is None else None
    if written is not None and wish is None and written.mode == "major" and _key_of(score, None).mode == "minor":
        return f"written as {tonality_of_signature(written)}, heard as "
    return f"{pitch_name(stated.tonic_fifths)} {written.mode}, heard as " if written and stated else ""


def _rival(score: Score, wish: str | None) -> str:
    """The key that the document fits nearly as well, where nobody said one."""
    written = score.key_at(0)
    if wish is not None or (written is not None and written.mode):
        return ""
    first, second = ranked_keys(score)[:2]
    return f" ({second.key} close behind)" if first.fit - second.fit < CLOSE else ""
