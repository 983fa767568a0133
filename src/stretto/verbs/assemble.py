"""From drawn frames to a score that a choir can sing from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from stretto.frames.parts import PartFrames, notes_of_parts, score_of_parts
from stretto.frames.plan import Plan
from stretto.score.model import Bar, Clef, Key, Mark, Meter, Notes, Part, Score, Tempo, make_bars
from stretto.verbs.form import Form

CHOIR = (
    Part(name="Soprano", abbreviation="S.", program=52, group="Choir"),
    Part(name="Alto", abbreviation="A.", program=52, group="Choir"),
    Part(name="Tenor", abbreviation="T.", program=52, group="Choir"),
    Part(name="Bass", abbreviation="B.", program=52, group="Choir"),
)

CLEFS = (
    Clef(part=0),
    Clef(part=1),
    Clef(part=2, octave=-1),
    Clef(part=3, sign="F", line=4),
)


def choir_score(
    frames: PartFrames,
    form: Form,
    *,
    key: Key,
    tempo_qpm: Fraction,
    info: dict[str, str],
    fermatas: Sequence[int] | None = None,
) -> Score:
    """A score of four voices with its bars, key, metre, tempo, fermatas and final barline.

    The fermatas stand where phrases end, or at those ticks only.
    """
    numerator, denominator = (int(n) for n in form.meter.split("/"))
    meters = (Meter(numerator=numerator, denominator=denominator),)
    bars = make_bars(meters, form.end, pickup=form.pickup)
    notes = notes_of_parts(frames)
    return Score.build(
        notes,
        CHOIR,
        end=form.end,
        bars=(*bars[:-1], Bar(tick=bars[-1].tick, number=bars[-1].number, barline="final")),
        meters=meters,
        keys=(key,),
        tempos=(Tempo(qpm=tempo_qpm, unit="half" if denominator <= 2 else "quarter"),),
        clefs=CLEFS,
        marks=tuple(fermatas_of(notes, form.phrase_ends if fermatas is None else fermatas, [bar.tick for bar in bars])),
        info=info,
    )


def bare_score(frames: PartFrames, plan: Plan, **rest: Any) -> Score:
    """What is drawn so far, with its bars, as it will be asked when it is done; `rest` goes to `Score.build`."""
    starts = [tick for tick in plan.bar_starts or () if tick < frames.end]
    numerator, denominator = plan.bar_meters[0].split("/") if plan.bar_meters else ("4", "4")
    return score_of_parts(
        frames,
        [Part() for _ in range(frames.pitch_TV.shape[1])],
        bars=[Bar(tick=tick, number=i + (not plan.pickup)) for i, tick in enumerate(starts)],
        meters=[Meter(numerator=int(numerator), denominator=int(denominator))],
        **rest,
    )


def fermatas_of(notes: Notes, phrase_ends: Iterable[int], bar_starts: Sequence[int]) -> Iterable[Mark]:
    """A fermata on each voice's note under a phrase end, or the one it moves to within that beat."""
    for tick in phrase_ends:
        for part in range(len(CHOIR)):
            own = notes[notes["part"] == part]
            sounding = own[(own["onset"] <= tick) & (own["onset"] + own["duration"] > tick)]
            if not len(sounding):
                continue
            note = sounding[0]
            # A suspension or a passing note before the voice comes to rest: the fermata is on what it rests on.
            ending = int(note["onset"] + note["duration"])
            later = own[(own["onset"] == ending) & (own["onset"] < tick + 24)]
            if ending - tick < 24 and len(later) and int(later[0]["duration"]) >= ending - tick:
                note = later[0]
            # A note tied over a barline has it where the phrase ends, not where the note began.
            at = max([int(note["onset"]), *(start for start in bar_starts if start <= tick)])
            yield Mark(kind="fermata", tick=at, part=part, voice=1, staff=1, pitch=int(note["pitch"]))
