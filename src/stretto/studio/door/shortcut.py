"""An icon that starts the studio, for those who do not use a terminal."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from stretto.score.opening import write_whole

ICON = Path(__file__).parents[1] / "static" / "icon.svg"
"""The page's own."""


def shortcut(desktop: Path, *, platform: str = sys.platform, python: str = sys.executable) -> tuple[Path, str]:
    """The file of an icon, and what it holds.

    Args:
        desktop: the folder of the desktop.
        platform: as `sys.platform` has it.
        python: the interpreter that has Stretto.
    """
    if platform == "win32":
        return desktop / "Stretto.bat", f'@echo off\r\n"{python}" -P -m stretto studio\r\npause\r\n'
    command = f"{shlex.quote(python)} -P -m stretto studio"
    if platform == "darwin":
        return desktop / "Stretto.command", f"#!/bin/sh\nexec {command}\n"
    started = '"' + "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in python).replace("%", "%%") + '"'
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=Stretto",
        "Comment=Write, hear and edit music with the network",
        f"Exec={started} -P -m stretto studio",
        f"Icon={ICON}",
        "Terminal=true",
        "Categories=Audio;Music;",
    )
    return desktop / "Stretto.desktop", "\n".join(lines) + "\n"


def make_shortcut() -> Path:
    """Put the icon on the desktop or, where there is none, among the programs; an older one is replaced.

    Raises:
        ScoreWriteError: the folder cannot be written.
    """
    home = Path.home()
    desktop = home / "Desktop"
    if not desktop.is_dir() and sys.platform not in ("win32", "darwin"):
        desktop = home / ".local" / "share" / "applications"
        desktop.mkdir(parents=True, exist_ok=True)
    path, text = shortcut(desktop)
    write_whole(path, text.encode("utf-8"), force=True)
    if sys.platform != "win32":
        path.chmod(0o755)
    return path
