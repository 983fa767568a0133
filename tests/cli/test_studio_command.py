"""`stretto studio`: what it needs, where it answers, and its icon."""

from __future__ import annotations

import importlib.util
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from stretto.studio.door.shortcut import make_shortcut, shortcut

HAS_SERVER = importlib.util.find_spec("fastapi") is not None and importlib.util.find_spec("uvicorn") is not None


def test_without_its_extra_it_says_what_is_missing(stretto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    answer = stretto("studio")
    assert (answer.status, answer.err) == (
        2,
        'stretto: the studio needs fastapi and uvicorn; pip install ".[studio]"\n',
    )


@pytest.mark.skipif(not HAS_SERVER, reason="needs pip install -e '.[studio]'")
def test_a_port_that_is_taken_is_said_in_one_line(stretto) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = stretto("studio", "--port", str(port), "--no-browser")
    assert answer.status == 2
    assert answer.err.startswith(f"stretto: --host 127.0.0.1 --port {port}: ")
    assert answer.err.count("\n") == 1


@pytest.mark.skipif(not HAS_SERVER or sys.platform == "win32", reason="needs pip install -e '.[studio]', and SIGINT")
def test_it_answers_where_it_says_until_ctrl_c() -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "stretto", "studio", "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    with process:
        try:
            assert process.stdout is not None and process.stderr is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert found is not None
            with urlopen(found[0] + "v1/models", timeout=30) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "GET /v1/models 200" in said
    assert said.endswith("stopped\n")
    assert "Traceback" not in said


def test_the_icon_starts_it_with_this_interpreter(tmp_path: Path) -> None:
    python = "/a folder/py%thon"
    path, text = shortcut(tmp_path, platform="linux", python=python)
    assert path.name == "Stretto.desktop"
    assert 'Exec="/a folder/py%%thon" -P -m stretto studio\n' in text
    (icon,) = (line.removeprefix("Icon=") for line in text.splitlines() if line.startswith("Icon="))
    assert Path(icon).read_text("utf-8").startswith("<svg")
    path, text = shortcut(tmp_path, platform="darwin", python=python)
    assert (path.name, text) == ("Stretto.command", "#!/bin/sh\nexec '/a folder/py%thon' -P -m stretto studio\n")
    path, text = shortcut(tmp_path, platform="win32", python="C:\\py\\python.exe")
    assert path.name == "Stretto.bat" and '"C:\\py\\python.exe" -P -m stretto studio' in text


def test_the_icon_is_put_on_the_desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / "Desktop").mkdir()
    assert make_shortcut() == make_shortcut()
    assert [file.name[:7] for file in (tmp_path / "Desktop").iterdir()] == ["Stretto"]
