"""The command line: one file a command."""

from __future__ import annotations

import os


def main() -> None:
    """Entry point of the `stretto` program."""
    # The engine's matrices are small: a second thread of NumPy's BLAS costs three times the work,
    # and on a busy machine six times the wait. It is read when NumPy loads; torch has its own.
    for name in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")
    # Imported late, so that `import stretto.cli` costs nothing.
    from stretto.cli.app import run

    raise SystemExit(run())
