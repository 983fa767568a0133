"""Ask pip whether everything that an installation needs has a binary wheel, for each platform and Python.

    python scripts/wheels.py

Nothing is installed. Ends with status 1, and what pip said, where a wheel is missing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")

PLATFORMS = {
    "Linux x86-64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "macOS arm64": ("macosx_13_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"),
    "Windows x86-64": ("win_amd64",),
}
"""Newest tag first; a wheel for any of them will do."""


def wheels(requirements: list[str], python: str, tags: tuple[str, ...]) -> list[str] | str:
    """File names of the wheels that pip would take, or pip's last complaint."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
        command += ["--only-binary", ":all:", "--python-version", python, "--target", folder, "--report", str(report)]
        for tag in tags:
            command += ["--platform", tag]
        done = subprocess.run([*command, *requirements], capture_output=True, encoding="utf-8")
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            return errors[-1] if errors else done.stderr.strip()
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [Path(item["download_info"]["url"]).name for item in found]


def main() -> int:
    """Print a line for each platform and Python; 1 = a wheel is missing somewhere."""
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    requirements = tomllib.loads(text)["project"]["dependencies"]
    missing = False
    for platform, tags in PLATFORMS.items():
        for python in PYTHONS:
            found = wheels(requirements, python, tags)
            missing |= isinstance(found, str)
            print(
                f"{platform}, Python {python}: {found if isinstance(found, str) else f'{len(found)} wheels'}",
                flush=True,
            )
    return int(missing)


if __name__ == "__main__":
    sys.exit(main())
