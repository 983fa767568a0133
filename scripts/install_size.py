"""Print how large an installation of Stretto is, package by package, and check what must not be in it.

    python scripts/install_size.py [--limit MB]

Run it with the Python of a fresh virtual environment into which only Stretto was installed.
Counted is every file of site-packages, compiled bytecode included, but pip and setuptools, which
an environment brings along.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import sysconfig
from pathlib import Path

BROUGHT_ALONG = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence", "wheel")
UNWANTED = ("torch", "scipy", "matplotlib", "music21")


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of each top-level name in site-packages, libraries counted with their package."""
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        top = path.relative_to(folder).parts[0]
        name = top.split("-")[0].split(".")[0].lower()
        if path.is_file() and not path.is_symlink() and not top.startswith(BROUGHT_ALONG):
            found[name] = found.get(name, 0) + path.stat().st_size
    return found


def main() -> int:
    """Print the table; 1 = too large, or something unwanted is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=160.0, help="megabytes (millions of bytes) allowed")
    limit = parser.parse_args().limit
    folders = {Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    found: dict[str, int] = {}
    for folder in folders:
        found.update(sizes(folder))
    for name, size in sorted(found.items(), key=lambda item: -item[1]):
        if size > 500_000:
            print(f"{size / 1e6:8.1f} MB  {name}")
    total = sum(found.values()) / 1e6
    print(f"{total:8.1f} MB  in all (limit {limit:g})")
    unwanted = [name for name in UNWANTED if importlib.util.find_spec(name) is not None]
    if unwanted:
        print(f"installed but not wanted: {', '.join(unwanted)}", file=sys.stderr)
    return int(total > limit or bool(unwanted))


if __name__ == "__main__":
    sys.exit(main())
