"""What a request may cost, and the one line that it is refused with when it would cost more."""

from __future__ import annotations

from stretto.errors import RequestError, StrettoError

UPLOAD_BYTES = 2 * 2**20
"""Of a document, as it is before base64."""

SHEET_BYTES = 64 * 2**10
"""Of a rule sheet; the longest that ships has 16 KB."""

BODY_BYTES = UPLOAD_BYTES // 3 * 4 + 64 * 2**10
"""Of a whole request: a document in base64, and its wishes."""

DROPPED_BYTES = 64 * 2**20
"""Of a request that is too big, read and dropped so that its answer arrives; more, and the connection is closed."""

BARS = 128
"""That may be asked for."""

DOCUMENT_BARS = 1000
"""Of a document that a verb, `check` or `report` is to work through; a movement of a symphony has fewer."""

VERSIONS = 16
"""Of each phrase, side by side: `candidates` of a request. As many as the choir draws by itself."""

CANDIDATES = 8
"""Finished pieces that may be asked for at once, to choose from."""

SECONDS = 60.0
"""That one job may take, from the moment a worker begins it."""

WAITING = 256
"""Jobs that may wait for a worker."""

WAITING_EACH = 64
"""Of one browser, or of the programs of one client: so that nobody fills the queue for all."""

REQUESTS_EACH = 128
"""That one browser, or the programs of one client, may have on their way at once; streams of events count."""

BODY_SECONDS = 60.0
"""In which a request must have come whole."""

READING = 32
"""Files that may wait to be read."""

READING_EACH = 8
"""Of one browser or client."""

CHORE_SECONDS = 40.0
"""That one look at a kept piece may take: its pages, its faults, its sound."""

KEPT = 256
"""Finished jobs whose results can still be fetched."""


class Refused(StrettoError):
    """A request that is not carried out, with the HTTP status that says so."""

    def __init__(self, line: str, status: int) -> None:
        """Keep the line and its status, such as 413."""
        super().__init__(line)
        self.status = status


class TooBig(Refused):
    """More bytes than a request may have."""

    def __init__(self, what: str = "the document") -> None:
        """Say what is too big."""
        super().__init__(f"{what} is over {UPLOAD_BYTES // 2**20} MB; send a shorter piece", 413)


class QueueFull(Refused):
    """As many jobs wait as may."""

    def __init__(self, waiting: int, whose: str = "", what: str = "jobs") -> None:
        """Say how many wait, and whose they are, as "of yours "."""
        super().__init__(f"{waiting} {what} {whose}wait already; try again in a few seconds", 429)


def check_bars(n_bars: int) -> None:
    """Refuse a document that is too long.

    Raises:
        RequestError: says how long it may be.
    """
    if n_bars > DOCUMENT_BARS:
        raise RequestError(f"the document has {n_bars} bars; at most {DOCUMENT_BARS} can be worked through here")
