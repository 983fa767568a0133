"""Playing through the machine's own player: found, missing, failing, and stopped by Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stretto.errors import RenderError
from stretto.render import play
from stretto.score.model import UNSPELLED, Part, Score

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows plays through winsound")

NOTE = Score.build([(0, 24, 60, 80, 0, 1, 1, UNSPELLED, 0)], [Part()])


def players(monkeypatch: pytest.MonkeyPatch, *scripts: str) -> None:
    """Make Python programs the only players of this machine."""
    monkeypatch.setattr(play, "_commands", lambda: [[sys.executable, "-c", script] for script in scripts])


def test_a_score_is_handed_to_the_player_as_a_wav_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The player gets one RIFF file, which is gone afterwards."""
    seen = tmp_path / "seen"
    players(
        monkeypatch, f"import sys; p = sys.argv[1]; open({str(seen)!r}, 'w').write(p + open(p, 'rb').read(4).hex())"
    )
    assert play.play_score(NOTE) == ()
    text = seen.read_text(encoding="utf-8")
    assert text.endswith(b"RIFF".hex())
    assert not Path(text[:-8]).exists()


def test_the_next_player_is_tried_when_one_gives_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A player may be installed and have no sound server to talk to."""
    seen = tmp_path / "seen"
    players(monkeypatch, "raise SystemExit('Connection refused')", f"open({str(seen)!r}, 'w')")
    assert play.play_file(tmp_path / "x.wav", seconds=1)
    assert seen.exists()


def test_no_sound_card_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says what each player complained of, and what to do instead."""
    players(monkeypatch, "raise SystemExit('no soundcards found')")
    with pytest.raises(RenderError) as caught:
        play.play_file(tmp_path / "x.wav", seconds=1)
    message = str(caught.value)
    assert message.startswith("no sound card could be played through (") and "no soundcards found" in message
    assert message.endswith("write the sound to a file instead: -o piece.wav") and "\n" not in message


def test_no_player_is_said_before_anything_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names what was looked for."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(play.shutil, "which", lambda _: None)
    monkeypatch.setattr(play, "render_sound", None)
    with pytest.raises(RenderError) as caught:
        play.play_score(NOTE)
    assert str(caught.value) == (
        "no sound player found (looked for pw-play paplay aplay ffplay play); "
        "install one of them, or write the sound to a file instead: -o piece.wav"
    )


def test_ctrl_c_stops_the_player_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The player is ended at once, and the call returns without a traceback."""
    started = tmp_path / "started"
    player = f"import os, sys, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    program = (
        "import signal, sys; from pathlib import Path; from stretto.render import play\n"
        # A shell may have started the tests with Ctrl-C ignored, which children inherit.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"play._commands = lambda: [[sys.executable, '-c', {player!r}]]\n"
        "print(play.play_file(Path('x.wav'), seconds=60))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + 20
    while not (started.exists() and started.read_text(encoding="utf-8")) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert (said.strip(), process.returncode) == ("False", 0)
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text(encoding="utf-8")), 0)
