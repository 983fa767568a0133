"""The command line: one file a command."""

from __future__ import annotations


def main() -> None:
    """Entry point of the `stretto` program."""
    # Imported late, so that `import stretto.cli` costs nothing.
    from stretto.cli.app import run

    raise SystemExit(run())
