"""Sound from the loudspeaker: a score played through whatever player the machine has."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from stretto.errors import RenderError
from stretto.render.sound import render_sound
from stretto.render.sound_file import encode
from stretto.score.model import Notice, Score

LINUX_PLAYERS = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("play", "-q"),
)
"""Commands that play a WAV file, in the order in which they are tried."""

MAC_PLAYERS = (("afplay",),)

_INSTEAD = "write the sound to a file instead: -o piece.wav"


def play_score(score: Score, *, instrument: str | None = None, expand: bool = False) -> tuple[Notice, ...]:
    """Play a score through the sound card, and wait for its end or for Ctrl-C.

    Returns:
        What could not be sounded, or was played by another instrument.

    Raises:
        RenderError: as `sound.render_sound`, or this machine has no player or no sound card.
    """
    check_player()
    rendering = render_sound(score, instrument=instrument, expand=expand)
    with tempfile.TemporaryDirectory(prefix="stretto-") as folder:
        path = Path(folder) / "piece.wav"
        path.write_bytes(encode(rendering.samples, rendering.sample_rate, ".wav"))
        play_file(path, seconds=rendering.seconds)
    return rendering.notices


def check_player() -> None:
    """Say at once, before anything is rendered, when there is nothing to play with.

    Raises:
        RenderError: no player; says which were looked for.
    """
    if sys.platform != "win32" and not _installed():
        names = " ".join(command[0] for command in _commands())
        raise RenderError(f"no sound player found (looked for {names}); install one of them, or {_INSTEAD}")


def play_file(path: Path, *, seconds: float) -> bool:
    """Play a WAV file of that length; Ctrl-C stops it and is answered here.

    Returns:
        True = heard to the end, False = stopped by Ctrl-C.

    Raises:
        RenderError: every player gave up, as where there is no sound card.
    """
    try:
        if sys.platform == "win32":
            _play_on_windows(path, seconds)
        else:
            _play_by_command(path, _installed())
    except KeyboardInterrupt:
        return False
    return True


def _commands() -> Sequence[Sequence[str]]:
    return MAC_PLAYERS if sys.platform == "darwin" else LINUX_PLAYERS


def _installed() -> list[list[str]]:
    """Commands of this platform that are here, with their full paths."""
    found = [(shutil.which(command[0]), command[1:]) for command in _commands()]
    return [[path, *options] for path, options in found if path]


def _play_by_command(path: Path, commands: list[list[str]]) -> None:
    """Try one player after another: a player that is installed may lack its sound server."""
    complaints = []
    for command in commands:
        complaint = _run_player([*command, str(path)])
        if complaint is None:
            return
        complaints.append(f"{Path(command[0]).name}: {complaint}")
    reasons = "; ".join(complaints) or "no player found"
    raise RenderError(f"no sound card could be played through ({reasons}); {_INSTEAD}")


def _run_player(command: list[str]) -> str | None:
    """Run one to its end; None = it played, else the last thing it said."""
    try:
        player = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as cause:
        return cause.strerror or "cannot be started"
    try:
        _, said = player.communicate()
    except BaseException:  # Ctrl-C above all: never leave music behind that nobody can stop
        player.terminate()
        try:
            player.communicate(timeout=2)
        except subprocess.TimeoutExpired:
            player.kill()
            player.communicate()
        raise
    if player.returncode == 0:
        return None
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"exit status {player.returncode}"


if sys.platform == "win32":

    def _play_on_windows(path: Path, seconds: float) -> None:
        import winsound

        try:
            winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            # Asynchronous, since a synchronous call does not hear Ctrl-C.
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(0.1)
        except RuntimeError as cause:
            raise RenderError(f"Windows could not play the sound ({cause}); {_INSTEAD}") from cause
        finally:
            winsound.PlaySound(None, 0)

else:

    def _play_on_windows(path: Path, seconds: float) -> None:
        raise RenderError(f"winsound is only on Windows; {_INSTEAD}")
