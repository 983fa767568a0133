#!/usr/bin/env python3
"""What a studio costs that nobody uses: how soon it answers after it is started, and the memory of its processes.

    python scripts/studio_idle.py

Memory is each process's proportional share (PSS), in which what several share counts once in all. Linux only. Needs
pip install -e ".[studio]".
"""

from __future__ import annotations

import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/studio/browser"))

SETTLE_SECONDS = 10
"""In which the workers read their networks."""


def main() -> None:
    """Print what was found."""
    from running_studio import running_studio

    began = time.perf_counter()
    with TemporaryDirectory() as folder, running_studio(Path(folder)) as studio:
        print(f"address printed after {time.perf_counter() - began:.2f} s")
        for name, path in (("the page", "/"), ("the page, again", "/"), ("its lists", "/api/choices")):
            asked = time.perf_counter()
            urllib.request.urlopen(studio.origin + path).read()
            print(f"{name}: {1000 * (time.perf_counter() - asked):.0f} ms")
        time.sleep(SETTLE_SECONDS)
        tell_memory("idle", studio.process.pid)
        piece = studio.ask("POST", "/api/pieces", {})
        wish = {"revision": piece["revision"], "verb": "compose", "options": {"bars": 8}}
        job = studio.ask("POST", f"/api/pieces/{piece['id']}/verbs", wish)["job"]
        urllib.request.urlopen(f"{studio.origin}/api/jobs/{job}/events").read()
        for what in ("pages", "check", "likelihood"):
            studio.ask("GET", f"/api/pieces/{piece['id']}/{what}")
        tell_memory("after a piece was composed and judged", studio.process.pid)


def tell_memory(when: str, pid: int) -> None:
    """Print what the server and its children hold."""
    family = [pid, *descendants(pid)]
    shares = [pss_megabytes(own) for own in family]
    single = " + ".join(f"{share:.0f}" for share in shares)
    print(f"{when}: {sum(shares):.0f} MB in {len(family)} processes ({single})")


def descendants(pid: int) -> list[int]:
    """Children, and theirs."""
    found = [int(own) for own in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    return [*found, *(other for own in found for other in descendants(own))]


def pss_megabytes(pid: int) -> float:
    """Of one process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
