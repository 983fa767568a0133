"""Notes of the kern spines: laid on the clock, ties joined, graces numbered, signs kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stretto.score.kern_parts import Layout
from stretto.score.kern_spines import Exact, Lane, Spine
from stretto.score.kern_token import Sound, Token
from stretto.score.model import TICKS_PER_WHOLE
from stretto.score.tally import Tally

_LONGEST_LINK = TICKS_PER_WHOLE
"""How much may lie under a tie that leads over other notes; a longer gap is an end without its start."""


@dataclass(slots=True)
class Heard:
    """A note, its ties joined."""

    spine: int
    voice: int
    onset: Exact
    end: Exact
    pitch: int
    fifths: int
    grace: int
    linked: bool = False
    """Its tie may lead over other notes."""
    splits: list[Exact] = field(default_factory=list)
    """Where the source parts it into tied notes."""


@dataclass(slots=True)
class Sign:
    """A mark that still waits for its part and its ticks."""

    kind: str
    time: Exact
    spine: int
    """-1 = the whole score."""
    voice: int = 0
    end: Exact | None = None
    rest: dict[str, Any] = field(default_factory=dict)
    """Further fields of `Mark`."""


class NoteBook:
    """Collects what the kern spines hold."""

    def __init__(self, tally: Tally, user_signs: dict[str, str]) -> None:
        """Start empty; `user_signs` says what the file's own signs mean."""
        self.notes: list[Heard] = []
        self.signs: list[Sign] = []
        self._user = user_signs
        self._tally = tally
        self._ties: dict[tuple[int, int], list[Heard]] = {}
        self._slurs: dict[int, list[Sign]] = {}
        self.staves: dict[int, list[int]] = {}
        """For each spine the others of its part."""

    def know(self, layout: Layout) -> None:
        """Learn which spines are staves of one part, as ties and slurs may lead from one to the other."""
        for spine, (part, _) in layout.place.items():
            self.staves[spine] = [other for other, (p, _) in layout.place.items() if p == part and other != spine]

    def add(self, lane: Lane, token: Token, onset: Exact, line: int) -> None:
        """Write down one cell, and move its lane on."""
        if token.grace:
            lane.graces += 1
        for sound in token.sounds:
            self._sound(lane, token, sound, onset, line)
        if token.signs or token.opened or token.closed or token.user or token.slash:
            self._signs(lane, token, onset, line)
        if token.hidden and token.sounds:
            self._tally.add("notes not printed in the source (yy), kept as sounding", f"line {line}")
        if token.hidden_signs:
            self._tally.add("signs that the source does not print (y) left out", f"line {line}", token.hidden_signs)
        if token.odd:
            self._tally.add("cells not wholly understood", f'line {line}, "{token.odd[:30]}"')
        if not token.grace:
            lane.free = onset + token.duration
            lane.graces = 0

    def finish(self) -> None:
        """Count ties and slurs that never end."""
        for notes in self._ties.values():
            for note in notes:
                self._tally.add("ties without their second note left out", f"pitch {note.pitch}")
        for slurs in self._slurs.values():
            for slur in slurs:
                self._tally.add("slurs without end left out", f"spine {slur.spine + 1}")

    def _sound(self, lane: Lane, token: Token, sound: Sound, onset: Exact, line: int) -> None:
        spine = lane.spine.index
        if sound.tie in ("_", "]"):
            before = self._tied(lane.spine, sound, onset)
            if before is not None:
                before.splits.append(onset)
                if before.end != onset:
                    self._tally.add("ties that lead over other notes joined", f"line {line}")
                before.end = onset + sound.duration
                if sound.tie == "_":
                    self._ties.setdefault((spine, sound.pitch), []).append(before)
                return
            self._tally.add("ties that continue no note, or a grace; the note is struck again", f"line {line}")
        note = Heard(
            spine, lane.voice, onset, onset + sound.duration, sound.pitch, sound.fifths,
            lane.graces if token.grace else 0, sound.linked,
        )  # fmt: skip
        self.notes.append(note)
        if sound.tie in ("[", "_") and not token.grace:
            self._ties.setdefault((spine, sound.pitch), []).append(note)

    def _tied(self, spine: Spine, sound: Sound, onset: Exact) -> Heard | None:
        """The note that a tie leads from: of this spine, or of another staff of the part."""
        for other in (spine.index, *self.staves.get(spine.index, ())):
            notes = self._ties.get((other, sound.pitch), [])
            for note in reversed(notes):
                linked = (sound.linked or note.linked) and 0 < onset - note.end < _LONGEST_LINK
                if note.end == onset or linked:
                    notes.remove(note)
                    return note
        return None

    def _signs(self, lane: Lane, token: Token, onset: Exact, line: int) -> None:
        top = max((sound.pitch for sound in token.sounds), default=-1)
        hung = {"pitch": top, "grace": lane.graces if token.grace else 0}
        spine = lane.spine.index
        for kind, text in token.signs:
            where = dict(hung, text=text) if kind != "dynamic" else {"text": text}
            self.signs.append(Sign(kind, onset, spine, lane.voice, rest=where))
        if token.slash and token.sounds:
            self.signs.append(Sign("grace-slash", onset, spine, lane.voice, rest=dict(hung)))
        for _ in range(token.closed):
            self._close_slur(spine, onset, hung, line)
        for _ in range(token.opened):
            slurs = self._slurs.setdefault(spine, [])
            slurs.append(Sign("slur", onset, spine, lane.voice, rest=dict(hung, number=len(slurs) + 1)))
        for sign in token.user:
            self._user_sign(sign, Sign("", onset, spine, lane.voice, rest=dict(hung)), line)

    def _close_slur(self, spine: int, onset: Exact, hung: dict[str, int], line: int) -> None:
        near = (spine, *self.staves.get(spine, ()))
        slurs = next((found for other in near if (found := self._slurs.get(other))), None)
        if not slurs:
            self._tally.add("slurs without start left out", f"line {line}")
            return
        slur = slurs.pop()
        slur.end = onset
        slur.rest["end_pitch"] = hung["pitch"]
        if hung["grace"]:
            slur.rest["extra"] = f"end-grace {hung['grace']}"
        self.signs.append(slur)

    def _user_sign(self, sign: str, mark: Sign, line: int) -> None:
        meaning = self._user.get(sign, "")
        if "stroke" in meaning:
            mark.kind, mark.rest["text"] = "articulation", "staccatissimo"
        elif "caesura" in meaning:
            mark.kind, mark.rest["text"] = "breath", "caesura"
        else:
            named = f'sign "{sign}" ({meaning or "not explained in the file"}) left out'
            self._tally.add(named, f"line {line}")
            return
        self.signs.append(mark)
