"""Print how long `import stretto` and the start of the program take, and check them.

    python scripts/import_time.py

Seconds of the clock, the best of several runs.
"""

from __future__ import annotations

import subprocess
import sys
import time

LIMITS = {
    "import stretto": (("-c", "import stretto"), 0.3),
    "stretto --version": (("-m", "stretto", "--version"), 0.5),
    "stretto --help": (("-m", "stretto", "--help"), 0.5),
}
"""What is timed: its arguments to Python, and the seconds it may take above a bare start of Python."""

RUNS = 7


def best_seconds(*arguments: str) -> float:
    """Best of several runs of Python with these arguments."""
    best = float("inf")
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - started)
    return best


def main() -> int:
    """Print the table; 1 = something is too slow."""
    bare = best_seconds("-c", "pass")
    print(f"{bare:6.3f} s  python alone")
    slow = False
    for name, (arguments, limit) in LIMITS.items():
        own = best_seconds(*arguments) - bare
        slow |= own > limit
        print(f"{own:6.3f} s  {name} (limit {limit:g})")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
