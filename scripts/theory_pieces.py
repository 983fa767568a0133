"""What all sections of `theory_table.py` share: held-out pieces read twice, and how agreement is told."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from held_out import KERN, real_chorales
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.key import pitch_name

OTHERS = (
    "mozart/k155/movement2.mxl",
    "mozart/k156/movement4.mxl",
    "haydn/opus1no1/movement2.mxl",
    "haydn/opus74no1/movement3.mxl",
    "corelli/opus3no1/1grave.xml",
    "schumann_clara/polonaise_op1n1.mxl",
)
"""Of music21's own corpus: other composers, for what chorales do not have."""

ANALYSES = 20
"""Chorales of which music21's corpus has a published analysis by hand."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece as Stretto and as music21 read it."""

    name: str
    score: Score
    path: Path

    @cached_property
    def stream(self) -> Any:
        """As music21 reads the same file, ties joined."""
        from music21 import converter

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return converter.parse(self.path)

    def at(self, tick: int) -> str:
        """The place of a disagreement."""
        return f"{self.name}, {self.score.place(tick)}"


@dataclass(kw_only=True)
class Comparison:
    """One thing, found by Stretto and by another."""

    what: str
    beside: str
    """Who the other is."""
    n: int = 0
    n_agreed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Kind -> who is right, and why."""

    def add(self, agreed: bool, kind: str = "", example: str = "") -> None:
        """Count one more."""
        self.n += 1
        self.n_agreed += agreed
        if not agreed:
            self.kinds[kind] += 1
            self.examples.setdefault(kind, example)

    def row(self) -> str:
        """Its line of the table."""
        return f"| {self.what} | {self.beside} | {self.n} | {self.n_agreed / max(1, self.n):.1%} |"

    def listed(self) -> list[str]:
        """Every kind of disagreement, the commonest first."""
        if not self.kinds:
            return []
        lines = [f"**{self.what}**, beside {self.beside}:", "", "| they differ | times | first | who is right |",
                 "|---|---|---|---|"]  # fmt: skip
        for kind, count in self.kinds.most_common():
            reason = self.reasons.get(kind, "not looked into")
            lines.append(f"| {kind} | {count} | {self.examples[kind]} | {reason} |")
        return [*lines, ""]


@dataclass(frozen=True)
class Section:
    """A heading, a paragraph, and what was compared."""

    title: str
    text: str
    comparisons: tuple[Comparison, ...]


def markdown(sections: Iterable[Section]) -> list[str]:
    """The tables of all sections."""
    lines = []
    for section in sections:
        lines += [
            f"## {section.title}",
            "",
            section.text,
            "",
            "| what | beside | compared | alike |",
            "|---|---|---|---|",
        ]
        lines += [c.row() for c in section.comparisons]
        lines += ["", *(line for c in section.comparisons for line in c.listed())]
    return lines


def held_out_pieces(data: Path, cache: Path, n: int) -> list[Piece]:
    """Chorales of jsb16's test and validation splits that stand among the 370, are no training music, nor analysed."""
    files = sorted((data / KERN).glob("*.krn"))
    by_notes = {read_score(path).notes.tobytes(): path for path in files}
    training = choir_corpus(data, cache).pieces
    found = real_chorales(data, jsb16_matrices(data / JSB16), training, at_most=n + ANALYSES, splits=("test", "valid"))
    scores = [score for own in found.values() for score in own]
    pieces = [(by_notes[score.notes.tobytes()], score) for score in scores]
    found_pieces = [Piece(path.stem.removeprefix("bach_"), score, path) for path, score in pieces]
    return [piece for piece in found_pieces if int(piece.name[-3:]) > ANALYSES][:n]


def analysed_pieces(data: Path) -> list[tuple[Piece, Path]]:
    """The chorales of which there is an analysis by hand, each with the file of that."""
    from music21 import corpus

    found = []
    for path in sorted(Path(p) for p in corpus.getPaths() if "choraleAnalyses" in str(p))[:ANALYSES]:
        file = data / KERN / f"bach_chor{path.stem[-3:]}.krn"
        found.append((Piece(file.stem.removeprefix("bach_"), read_score(file), file), path))
    return found


def other_pieces() -> list[Piece]:
    """Pieces by other composers, where music21 has them."""
    from music21 import corpus

    paths = [Path(p) for p in corpus.getPaths()]
    found = []
    for name in OTHERS:
        path = next((p for p in paths if p.as_posix().endswith(name)), None)
        if path is None:
            print(f"{name}: not in this music21, left out", file=sys.stderr)
            continue
        found.append(Piece(name.rpartition(".")[0], read_score(path), path))
    return found


def name_of(fifths: int) -> str:
    """A note name as music21 writes it."""
    return pitch_name(fifths).replace("b", "-")


def note_named(pitch: int, fifths: int) -> str:
    """The same with its octave, which is that of the letter: B sharp 3 sounds as C 4."""
    letter, accidentals = pitch_name(fifths)[0], pitch_name(fifths)[1:]
    shift = accidentals.count("#") - accidentals.count("b")
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter]
    return f"{name_of(fifths)}{(pitch - shift - natural) // 12 - 1}"
