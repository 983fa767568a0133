"""The process that may die: a foreign file comes in, its score or one line goes out.

Run as a script with the file's suffix, and "understood" where what it does not say is to be found: its bytes come in
on the standard input; out goes "S" and the packed score with sentences on it, or "E" and what is wrong with it.
"""

from __future__ import annotations

import sys

MEMORY_BYTES = 3 * 2**29
"""Of address space, 1.5 GB: what Python and NumPy reserve, and a file's hundred times over."""

CPU_SECONDS = 15

NAME = "the file"
"""As messages call it: its own name stays with the browser."""

MAX_NOTES = 60_000


def main() -> None:
    """Read what comes in."""
    limit()
    from stretto.errors import ScoreReadError, StrettoError
    from stretto.score.formats import reader_of
    from stretto.studio.limits import DOCUMENT_BARS
    from stretto.studio.pieces.score_json import pack, score_json

    data = sys.stdin.buffer.read()
    try:
        score = reader_of(sys.argv[1])(data, NAME)
        if len(score.notes) > MAX_NOTES or len(score.bars) > DOCUMENT_BARS:
            n_notes, n_bars = len(score.notes), len(score.bars)
            raise ScoreReadError(
                f"{NAME}: it has {n_notes} notes in {n_bars} bars; at most {MAX_NOTES} notes and {DOCUMENT_BARS} bars "
                "can be opened here"
            )
        said: list[str] = []
        if "understood" in sys.argv[2:]:
            if not score.parts:
                raise ScoreReadError(f"{NAME}: there is not a note in it, nor a part to write one in; export it again")
            from stretto.theory.understand import understand

            score, said = understand(score)
        answer = b"S" + pack({"score": score_json(score), "said": said})
    except StrettoError as error:
        answer = b"E" + str(error).encode("utf-8", "replace")
    except MemoryError:
        answer = f"E{NAME}: it asks for far too much memory; it is damaged".encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def limit() -> None:
    """Give up memory, time and files for good; where the system knows no limits, the parent's clock is the only one."""
    try:
        import resource
    except ImportError:
        return
    wishes = {
        "RLIMIT_AS": MEMORY_BYTES, "RLIMIT_CPU": CPU_SECONDS, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NPROC": 0,
    }  # fmt: skip
    for name, most in wishes.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            try:
                resource.setrlimit(kind, (most, most))
            except (ValueError, OSError):  # macOS refuses a limit of memory
                continue


if __name__ == "__main__":
    main()
