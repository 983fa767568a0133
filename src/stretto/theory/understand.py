"""What a file leaves unsaid, found from its notes: key, metre, pickup, the names of notes."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from stretto.errors import RequestError
from stretto.score.model import (
    TICKS_PER_QUARTER,
    TICKS_PER_WHOLE,
    UNSPELLED,
    Bar,
    Clef,
    Key,
    Mark,
    Meter,
    Score,
    Tempo,
    make_bars,
)
from stretto.theory.accents import find_meter
from stretto.theory.key import (
    Ranked,
    Tonality,
    estimate_key,
    ranked_by_notes,
    tonality_of_signature,
)
from stretto.theory.performance import on_the_beat, played_live
from stretto.theory.spelling import spell_unspelled, unnamed

CLOSE = 0.12
"""A second key whose fit is nearer than this is named beside the first."""

DOUBTED = 0.18
"""A written key that fits this much worse than another is doubted aloud, and kept. Of 370 chorales 3 are doubted
without need, of their sopranos 4, of 333 songs 10; of keys two to four accidentals off, about 19 in 20 are doubted."""

Record = TypeVar("Record", Key, Meter, Tempo, Clef, Mark)


def understand(
    score: Score, *, key: Tonality | None = None, meter: str | None = None, pickup: int | None = None
) -> tuple[Score, list[str]]:
    """The score with its key, metre, pickup and note names, and a sentence on each that was found.

    What a file says stays; wishes go before what it says. A pickup written as rests is taken out
    only where no note has a name, as in MIDI: in a notated score such rests are meant.

    Args:
        key: the key it is in; None = as the file says, else estimated.
        meter: a time signature for the whole piece; None = as the file says, else found.
        pickup: ticks before the first barline, 0 = none; None = as the file says, else found.

    Raises:
        RequestError: a metre that is none, or a pickup as long as a bar.
    """
    if not len(score.notes):
        return score, []
    sentences = [_live(score)] if played_live(score) else []
    score, said = _with_meter(score, meter, pickup)
    sentences += said
    if pickup is None:
        score, said = _with_pickup(score)
        sentences += said
    score, said = _with_key(score, key)
    sentences += said
    n_bare = int(unnamed(score).sum())
    if n_bare:
        tonality = estimate_key(score)
        score = spell_unspelled(score, key=tonality)
        sentences.append(f"spelling: {_count(n_bare, 'note')} named to fit {tonality}; change it with --key")
    return score, sentences


def _live(score: Score) -> str:
    beat, n = on_the_beat(score), len(score.notes)
    n_off = int((beat.onset_N != score.notes["onset"]).sum())
    if n_off:
        return f"played live: {_count(n_off, 'note')} of {n} off the beat; --quantize writes them on it"
    n_short = int((beat.duration_N != score.notes["duration"]).sum())
    return f"released early: {_count(n_short, 'note')} of {n}, heard in full; --quantize writes them so"


def _with_meter(score: Score, wish: str | None, pickup: int | None) -> tuple[Score, list[str]]:
    if wish is not None or pickup is not None:
        meter = parse_meter(wish) if wish is not None else replace(score.meter_at(0), tick=0)
        length = score.pickup if pickup is None else pickup
        if not 0 <= length < meter.bar_ticks:
            raise RequestError(
                f"pickup of {_beats(length, meter)}: a bar of {_name(meter)} has room for less than "
                f"{_beats(meter.bar_ticks, meter)}; name a shorter one"
            )
        meters = (meter,) if wish is not None else score.meters or (meter,)
        barred = _barred(score, meters, length)
        return barred, _lost_signs(score, barred)
    if score.meters:
        return score, []
    notes = on_the_beat(score).score.notes if played_live(score) else score.notes
    found = find_meter(notes, score.end)
    sentence = f"metre: {_name(found.meter)}, found from where the weight falls"
    if found.pickup:
        sentence += f", after a pickup of {note_values(found.pickup)}"
    options = "--meter and --pickup" if found.pickup else "--meter"
    barred = _barred(score, (found.meter,), found.pickup)
    return barred, [f"{sentence}; change it with {options}", *_lost_signs(score, barred)]


def _barred(score: Score, meters: tuple[Meter, ...], pickup: int) -> Score:
    """Plain bars anew; the last is cut where the music ends if that makes up for the pickup."""
    last = int(score.ends.max())
    bars = make_bars(meters, last, pickup=pickup)
    full = meters[-1].bar_ticks
    short = bars[-1].tick + full - pickup
    end = short if pickup and len(bars) > 1 and last <= short else max(last, bars[-1].tick + full)
    if len(bars) == 1 and pickup:
        end = max(last, pickup)
    return score.evolve(meters=meters, bars=_with_signs(bars, score, end), end=end)


def _with_signs(bars: tuple[Bar, ...], score: Score, end: int) -> tuple[Bar, ...]:
    """The new bars with the repeats, endings and barlines of the old, where an old bar begins or ends as a new one."""
    starts = {bar.tick: bar for bar in score.bars}
    stops = {score.bar_end(i): bar for i, bar in enumerate(score.bars)}
    if score.bars:
        stops[end] = score.bars[-1]  # the piece ends as it did, wherever its last bar now ends
    endings = _endings_that_fit(score, {*(bar.tick for bar in bars), end}, end)
    out = []
    for bar, stop in zip(bars, [*(b.tick for b in bars[1:]), end], strict=True):
        ending = next((label for first, last, label in endings if first <= bar.tick < last), "")
        old = starts.get(bar.tick)
        bar = replace(bar, repeat_start=old is not None and old.repeat_start, ending=ending)
        if (old := stops.get(stop)) is not None:
            bar = replace(bar, repeat_end=old.repeat_end, barline=old.barline)
        out.append(bar)
    return tuple(out)


def _endings_that_fit(score: Score, barlines: set[int], end: int) -> list[tuple[int, int, str]]:
    """(first tick, end, label) of the endings; a first and a second ending stay together or go together."""
    out: list[tuple[int, int, str]] = []
    for has_ending, run in groupby(range(len(score.bars)), key=lambda i: bool(score.bars[i].ending)):
        group: list[tuple[int, int, str]] = []
        for label, covered in groupby(run, key=lambda i: score.bars[i].ending):
            own = list(covered)
            stop = end if own[-1] + 1 == len(score.bars) else score.bar_end(own[-1])
            group.append((score.bars[own[0]].tick, stop, label))
        if has_ending and all({first, stop} <= barlines for first, stop, _ in group):
            out += group
    return out


def _lost_signs(before: Score, after: Score) -> list[str]:
    """What new bars leave no place for, said."""

    def repeats(score: Score) -> int:
        n_endings = sum(bool(label) for label, _ in groupby(bar.ending for bar in score.bars))
        return n_endings + sum(bar.repeat_start + bool(bar.repeat_end) for bar in score.bars)

    def barlines(score: Score) -> int:
        return sum(bool(bar.barline) for bar in score.bars)

    where = "left out, as no new bar begins or ends there"
    n, n_lines = repeats(before) - repeats(after), barlines(before) - barlines(after)
    said = [f"repeats: {_count(n, 'sign')} of repeats and endings {where}"] if n > 0 else []
    return said + ([f"barlines: {_count(n_lines, 'double or other special barline')} {where}"] if n_lines > 0 else [])


def _with_pickup(score: Score) -> tuple[Score, list[str]]:
    """A first bar that begins with rests, and with at most half a bar of music, becomes bar 0 without them."""
    notated = (score.notes["fifths"] != UNSPELLED).any()
    silence = _silence(score)
    if notated or not silence or len(score.bars) < 2:
        return score, []
    meter = score.meter_at(0)
    pickup = score.bars[1].tick - silence
    if pickup <= 0 or 2 * pickup > meter.bar_ticks:
        return score, []
    full = score.meter_at(score.bars[-1].tick).bar_ticks
    shortened = score.end - pickup
    last = score.bars[-1].tick
    end = (
        shortened if score.end - last == full and int(score.ends.max()) <= shortened and shortened > last else score.end
    )
    moved = _earlier(score.evolve(end=end), silence)
    tail = ", and the last bar is shortened by it" if end == shortened else ""
    sentence = (
        f"pickup: {_beats(pickup, meter)}, which the file writes as a bar with rests; "
        f"it is bar 0 now{tail}; change it with --pickup"
    )
    return moved, [sentence]


def _silence(score: Score) -> int:
    """Ticks before the first note; of one that a player began a little late, up to the beat."""
    first = int(score.notes["onset"].min())
    return min(first, int(on_the_beat(score).score.notes["onset"].min())) if played_live(score) else first


def _earlier(score: Score, by: int) -> Score:
    """Everything `by` ticks earlier; what stood in the silence before the first note begins with it."""

    def moved(records: tuple[Record, ...]) -> tuple[Record, ...]:
        return tuple(replace(r, tick=max(0, r.tick - by)) for r in records)

    notes = score.notes.copy()
    notes["onset"] -= by
    marks = tuple(replace(m, end=m.end - by) if m.end >= 0 else m for m in moved(score.marks))
    bars = tuple(replace(bar, tick=max(0, bar.tick - by), number=number) for number, bar in enumerate(score.bars))
    # Of several tempos or keys in the silence the last is the one that the music begins with.
    return score.evolve(
        notes=notes,
        bars=bars,
        end=score.end - by,
        meters=_last_of_each(moved(score.meters)),
        keys=_last_of_each(moved(score.keys)),
        tempos=_last_of_each(moved(score.tempos)),
        clefs=moved(score.clefs),
        marks=marks,
    )


def _last_of_each(records: tuple[Record, ...]) -> tuple[Record, ...]:
    kept: dict[tuple[int, int], Record] = {}
    for record in records:
        kept[record.tick, getattr(record, "part", -1)] = record
    return tuple(kept.values())


def _with_key(score: Score, wish: Tonality | None) -> tuple[Score, list[str]]:
    if wish is not None:
        n = len([key for key in score.keys if key.tick > 0])
        said = [f"key: {_count(n, 'later change')} of key replaced by --key"] if n else []
        return score.evolve(keys=(wish.signature,)), said
    ranked = ranked_by_notes(score)
    if score.key_at(0) is None:
        best = ranked[0]
        sentence = f"key: {best.key}, estimated{_rival(ranked)}; change it with --key"
        return score.evolve(keys=(best.key.signature, *score.keys)), [sentence]
    return score, _doubt(score, ranked)


def _rival(ranked: list[Ranked]) -> str:
    first, second = ranked[:2]
    return f" ({second.key} close behind)" if first.fit - second.fit < CLOSE else ""


def _doubt(score: Score, ranked: list[Ranked]) -> list[str]:
    """Programs write C major into MIDI files that nobody gave a key."""
    written = score.key_at(0)
    stated = tonality_of_signature(written) if written is not None else None
    if stated is None or len(score.keys) > 1 or (score.notes["fifths"] != UNSPELLED).any():
        return []
    fits = {(r.key.tonic, r.key.mode): r.fit for r in ranked}
    own = max(fits[stated.tonic, stated.mode], max(r.fit for r in ranked if (r.key.fifths - stated.fifths) % 12 == 0))
    best = ranked[0]
    if best.fit - own < DOUBTED:
        return []
    return [f"key: {stated}, as the file says, although its notes fit {best.key} better; change it with --key"]


def parse_meter(name: str) -> Meter:
    """A time signature by its name.

    Raises:
        RequestError: it is none.
    """
    match = re.fullmatch(r"(\d{1,2})/(1|2|4|8|16|32)", name.strip())
    if match is None or int(match[1]) == 0:
        raise RequestError(f'metre "{name}" is unknown; name one as "4/4", "3/4" or "6/8"')
    return Meter(numerator=int(match[1]), denominator=int(match[2]))


BEATS = re.compile(r"\d{1,2}(\.\d{1,3}|/[1-9]\d?)?")


def parse_pickup(text: str, denominator: int, *, words: str = "none") -> Fraction:
    """Ticks of a pickup that is given as "none" or as beats of a metre: "1", "0.5", "1/2".

    `words` are those that the user may say instead of a number.

    Raises:
        RequestError: it is neither.
    """
    if text == "none":
        return Fraction(0)
    if not BEATS.fullmatch(text):
        raise RequestError(f"pickup {text[:20]!r} is not {words} or a number of beats, such as 1, 0.5 or 1/2")
    return Fraction(text) * TICKS_PER_WHOLE / denominator


def _name(meter: Meter) -> str:
    return f"{meter.numerator}/{meter.denominator}"


def note_values(ticks: int) -> str:
    """A length in the largest note value of which it has whole ones.

    >>> note_values(36)
    '3 eighths'
    """
    for parts, name in ((1, "quarter"), (2, "eighth"), (4, "sixteenth")):
        n, rest = divmod(ticks * parts, TICKS_PER_QUARTER)
        if not rest:
            return f"{n} {name}{'s' * (n != 1)}"
    return f"{Fraction(ticks, TICKS_PER_QUARTER)} of a quarter"


def _beats(ticks: int, meter: Meter) -> str:
    count = Fraction(ticks * meter.denominator, TICKS_PER_WHOLE)
    whole, rest = divmod(count, 1)
    text = " ".join(str(part) for part in (whole, rest) if part) or "0"
    return f"{text} {'beat' if 0 < count <= 1 else 'beats'}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
