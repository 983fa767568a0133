"""Cross-relations: a note and the same note altered, one after the other in two voices."""

from __future__ import annotations

from collections.abc import Iterator

from stretto.theory.melodic import CHROMATIC
from stretto.theory.texture import Sung, Texture


def cross_relations(texture: Texture) -> Iterator[tuple[Sung, Sung]]:
    """(A note, the same note altered that another voice strikes as the first is left).

    No cross-relation: the voice that strikes it had the unaltered note itself, or the first voice takes it too.

    *Source*: music21 has none in VoiceLeadingQuartet; Piston, Harmony, 1987, ch. 2 and 22.
    """
    for t in range(1, len(texture.slices)):
        tick = int(texture.slices.tick_T[t])
        for v in range(texture.n_voices):
            new = texture.sung(t, v)
            if new is None or new.onset != tick:
                continue
            before = texture.sung(t - 1, v)
            if before is not None and _altered(before, new):
                continue
            for w in range(texture.n_voices):
                old, then = texture.sung(t - 1, w), texture.sung(t, w)
                if w == v or old is None or not _altered(old, new):
                    continue
                if then is None or not (_altered(old, then) or then is old):
                    yield old, new


def _altered(a: Sung, b: Sung) -> bool:
    """One letter, two pitches a semitone apart, octaves aside: in name, and in sound."""
    return abs(a.fifths - b.fifths) == CHROMATIC == abs(a.heard - b.heard)
