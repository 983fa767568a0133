"""What a worker says of a job while it does it: the share that is done, and the music so far; neither too often."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from stretto.studio.pieces.documents import NOTE_FIELDS, frame_view
from stretto.studio.workers.jobs import Music
from stretto.verbs.so_far import SoFar

BETWEEN_TELLINGS = 0.1
"""Seconds: nobody looks more often."""

COST = 0.02
"""Of the processor's time that a job takes, what showing its music may take, at most."""


class Cancelled(BaseException):
    """Raised out of the work when nobody wants it any more; no handler of the verbs' own catches it."""


class Telling:
    """What is told of one job; a `verbs.so_far.Watcher`, so that the verbs show it the music."""

    def __init__(self, say: Callable[..., None], is_wanted: Callable[[], bool]) -> None:
        """Nothing has been told.

        Args:
            say: takes what is said as keywords.
            is_wanted: whether the job still is.
        """
        self._say, self._is_wanted = say, is_wanted
        self._said_at, self._shown_at, self._rested_at = 0.0, 0.0, 0.0
        self._share, self._kept = 0.0, 0

    def __call__(self, share: float) -> None:
        """Tell the share, if it is time.

        Raises:
            Cancelled: nobody wants the job any more.
        """
        if not self._is_wanted():
            raise Cancelled
        self._share = round(share, 3)
        if time.monotonic() - self._said_at >= BETWEEN_TELLINGS:
            self._said_at = time.monotonic()
            self._say(share=self._share)

    def music(self, so_far: SoFar) -> None:
        """Show the music, if it is time: at once, where more of it is kept, if that does not cost too much.

        Raises:
            Cancelled: as above.
        """
        if not self._is_wanted():
            raise Cancelled
        # Of the processor: on a busy machine the drawing is as slow as the showing.
        began = time.thread_time()
        is_due = so_far.kept > self._kept or time.monotonic() - self._shown_at >= BETWEEN_TELLINGS
        if not is_due or began < self._rested_at:
            return
        try:
            music = music_of(so_far)
        except Exception as error:
            # The piece itself may come out well all the same; where the fault is goes to the server's terminal.
            print(f"so far: {type(error).__name__}\n", *traceback.format_tb(error.__traceback__), file=sys.stderr)
            self._rested_at = float("inf")
            return
        self._say(share=self._share, music=vars(music))
        self._shown_at, self._kept = time.monotonic(), so_far.kept
        spent = time.thread_time() - began
        self._rested_at = began + spent / COST


def music_of(so_far: SoFar) -> Music:
    """A piece so far as plain data."""
    score = so_far.write()
    columns: list[list[int]] = [score.notes[name].tolist() for name in NOTE_FIELDS]
    rows: Any = zip(*columns, strict=True)
    return Music(frame=frame_view(score), notes=list(rows), end=so_far.end, kept=so_far.kept)
