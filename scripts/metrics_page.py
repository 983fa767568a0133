"""Write docs/metrics.md: every measure with its mean in real chorales, and Bach's published figures counted again.

python scripts/metrics_page.py --data DATA
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from stretto.evaluate.measures import FAMILIES
from stretto.evaluate.metrics import bach_or_mock
from stretto.evaluate.metrics.bach_or_mock import PUBLISHED, Grader
from stretto.evaluate.metrics.catalogue import Metric
from stretto.evaluate.metrics.mgeval import FEATURES
from stretto.evaluate.metrics.reading import Reading
from stretto.evaluate.metrics.tally import Tally, tally
from stretto.evaluate.reference import shipped
from stretto.score.formats import read_score
from stretto.theory.voice_leading import parallels, under_fermatas

TARGET = Path(__file__).parent.parent / "docs/metrics.md"
KERN = "noncommercial/bach-370-chorales"

HEADINGS = {
    "pitch": "Pitch", "rhythm": "Rhythm", "melody": "Melody", "harmony": "What sounds together",
    "tonal": "Harmonies in their keys", "voices": "Voice leading", "structure": "Form", "overlap": "Change over time",
    "repetition": "Motifs and repetition", "rl_tuner": "RL Tuner's rules",
}  # fmt: skip

INTRODUCTION = """# What is measured

`stretto report` measures every piece in the ways below, always beside real music measured by the same code: {n}
chorales by Bach that no shipped network has learned from. Beside each measure stands their mean, and in brackets their
standard deviation. For nearly all of them better means nearer to real music, not higher. Formulas, conventions and
departures from the sources stand in the docstrings of `stretto.evaluate.metrics`; drums and grace notes count nowhere,
a tied note is one note, and of a part with chords the top line is the melody.

Only `voices.outside` depends on the key in which a piece stands (the measures of `tonal` may move a little, where
another key asks for other names of notes), and none on its tempo.

In Python:

```python
from stretto.evaluate.measures import measures
from stretto.evaluate.reference import shipped
from stretto.score.formats import read_score

score = read_score("piece.musicxml")
found = measures(score) | shipped().grade(score)
print(found["melody.top.steps"], shipped().values("melody.top.steps").mean())
```

This page is made by `python scripts/metrics_page.py --data DATA`, and the numbers of real music by
`python scripts/reference.py --data DATA`.
"""

MOCK = """## Bach or Mock

Nine distances of a piece's counts from those of real chorales, and their sum; the lower, the nearer. Every real piece
is graded without its own counts. The published means are in sample: each of 351 chorales is graded against all, itself
included. So are those of the next column, of the 370 chorales in kern. Terms differ where conventions do: intervals
are told by semitones (fewer kinds than by name, most in the bass), fewer chords have names, and all fermatas excuse
parallels.
"""

FIGURES = """## Bach's published figures

Counted again in 370 chorales (kern, edited by Craig Stuart Sapp). The published ones are those of the Grader of Fang et
al. 2020, of music21's chorales, whose files have few fermatas: counted in those by our code, with no fermata excusing
them, parallels are 0.0016 a note.
"""

SETS = """## Sets of pieces

`report` of a folder compares it with real pieces as a set (MGEval: Yang and Lerch 2018): how far pieces of the one are
from those of the other, against how far real ones are from each other. Overlap is the area under both densities of
distances (1 = alike), KL their divergence in nats (0 = alike), both on one common grid.
"""


def main() -> None:
    """Measure what is published, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA", "data"), help="the corpora")
    asked = parser.parse_args()
    readings = [Reading(read_score(path)) for path in sorted((asked.data / KERN).glob("*.krn"))]
    tallies = [own for reading in readings if (own := tally(reading)) is not None]
    lines = [INTRODUCTION.format(n=len(shipped())), *_families(), MOCK, *_grades(tallies)]
    lines += [FIGURES, *_figures(readings, tallies), SETS, *_features()]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _families() -> Iterator[str]:
    for family in FAMILIES:
        yield f"## {HEADINGS[family.METRICS[0].name.partition('.')[0]]}\n"
        yield "| measure | what it says | unit | real music | source |\n| --- | --- | --- | ---: | --- |"
        yield from (_row(metric) for metric in family.METRICS)
        yield ""


def _row(metric: Metric) -> str:
    values = shipped().values(metric.name)
    mean, spread = np.nanmean(values), np.nanstd(values)
    return f"| `{metric.name}` | {metric.says} | {metric.unit} | {mean:.3g} ({spread:.2g}) | {metric.source} |"


def _grades(tallies: Sequence[Tally]) -> Iterator[str]:
    grader = Grader.fit(tallies)
    inside = [grader.grade(own) for own in tallies]
    held_out = f"{len(shipped())} held out, out of sample"
    yield f"| term | unit | published, in sample | 370 in kern, in sample | {held_out} |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for metric in bach_or_mock.METRICS:
        name = metric.name.removeprefix("grade.")
        columns = (PUBLISHED[name], _spread(own[name] for own in inside), _spread(shipped().values(metric.name)))
        cells = " | ".join(f"{mean:.3f} ({sd:.3f})" for mean, sd in columns)
        yield f"| `{metric.name}` | {metric.unit} | {cells} |"
    yield ""


def _spread(values: Iterable[float]) -> tuple[float, float]:
    found = np.array(list(values))
    return float(found.mean()), float(found.std())


def _figures(readings: Sequence[Reading], tallies: Sequence[Tally]) -> Iterator[str]:
    rhythm = _shares(own.rhythm for own in tallies)
    major = [own for own in tallies if own.mode == "major"]
    soprano, degrees, chords = (_shares(own.counts(name) for own in major) for name in ("soprano", "notes", "harmony"))
    n_notes = sum(len(reading.notes) for reading in readings)
    held = [under_fermatas(reading.slices, reading.score) for reading in readings]
    excused = sum(len(parallels(reading.slices, own)) for reading, own in zip(readings, held, strict=True))
    plain = sum(len(parallels(reading.slices)) for reading in readings)
    steps = sum(soprano[step] for step in ("-2", "-1", "1", "2"))
    yield "| figure | published | here |\n| --- | ---: | ---: |"
    yield f"| parallel fifths and octaves a note, no fermata excusing them | 0.00160 | {plain / n_notes:.5f} |"
    yield f"| the same, all fermatas excusing them | | {excused / n_notes:.5f} |"
    for what, published, found in (
        ("quarters among the notes", 0.528, rhythm["24"]),
        ("eighths", 0.343, rhythm["12"]),
        ("halves", 0.064, rhythm["48"]),
        ("sixteenths", 0.026, rhythm["6"]),
        ("steps of the soprano, major", 0.706, steps),
        ("repeated notes of the soprano, major", 0.153, soprano["0"]),
        ("sounding time of the fifth degree, major", 0.204, degrees["7"]),
        ("of the tonic", 0.194, degrees["0"]),
        ("of the third degree", 0.138, degrees["4"]),
        ("major chords, major", 0.436, chords["major"]),
        ("minor chords", 0.148, chords["minor"]),
        ("dominant sevenths", 0.089, chords["dominant seventh"]),
        ("chords without a name", 0.089, chords["none"]),
    ):
        yield f"| {what} | {published:.1%} | {found:.1%} |"
    yield ""


def _shares(every: Iterable[object]) -> dict[str, float]:
    counts: Counter[str] = sum((Counter(own) for own in every), Counter())  # type: ignore[call-overload]
    return {name: count / counts.total() for name, count in counts.items()}


def _features() -> Iterator[str]:
    yield "| feature | what it is |\n| --- | --- |"
    yield from (f"| {name} | {says} |" for name, says in FEATURES.items())


if __name__ == "__main__":
    main()
