"""What parts are called, wherever the page speaks of them: in the mixer, of faults, and in reasons."""

# Shapes: N notes.

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import count

from stretto.score.model import Score

Place = tuple[int, int]
"""Onset and pitch: by these a note is found again in a score that was read in voices."""


def part_names(score: Score) -> list[str]:
    """Of each part its name, or its place where it has none; those of one name are told apart by numbers.

    >>> from stretto.score.model import Part
    >>> part_names(Score.build([], [Part(name="Voice"), Part(name=""), Part(name="Voice")]))
    ['Voice 1', 'Part 2', 'Voice 2']
    """
    names = [part.name.strip() or f"Part {index + 1}" for index, part in enumerate(score.parts)]
    often, found = Counter(names), list[str]()
    for name in names:
        numbered = (f"{name} {number}" for number in count(1))
        found.append(
            next(new for new in numbered if new not in often and new not in found) if often[name] > 1 else name
        )
    return found


def in_a_sentence(name: str) -> str:
    """As "the soprano", "the right hand", "Voice 1", "S".

    >>> [in_a_sentence(name) for name in ("Soprano", "right hand", "Violin II", "S")]
    ['the soprano', 'the right hand', 'Violin II', 'S']
    """
    word = name.lower() if name.istitle() and name.isalpha() and len(name) > 1 else name
    return f"the {word}" if word[:1].islower() else word


def names_of_voices(score: Score, places: Iterable[tuple[str, Place]]) -> dict[str, str]:
    """How each voice that was heard is called on the page: as the part in which its notes stand.

    Args:
        score: as it is written.
        places: of every note that was heard, the voice that has it, and where it stands.

    Returns:
        By voices; only those that have a part for themselves.
    """
    there = defaultdict[Place, list[int]](list)
    for onset, pitch, part in zip(*(score.notes[name].tolist() for name in ("onset", "pitch", "part")), strict=True):
        there[onset, pitch].append(part)
    found = defaultdict[str, Counter[int]](Counter)
    n_notes = Counter[str]()
    for voice, place in places:
        n_notes[voice] += 1
        found[voice].update(set(there[place]))
    # Where an instrument doubles a voice, the upper line is the voice.
    parts = {voice: min(own, key=lambda part: (-own[part], part)) for voice, own in found.items() if own}
    alone = Counter(parts.values())
    names = part_names(score)
    return {
        voice: names[part]
        for voice, part in parts.items()
        if alone[part] == 1 and score.parts[part].n_staves == 1 and 2 * found[voice][part] > n_notes[voice]
    }
