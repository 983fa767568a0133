"""Every exception that Stretto raises on purpose.

    StrettoError
    |-- ScoreError (ValueError)         a score that cannot be: a note outside its bar, a part that is not there
    |   `-- ScoreReadError              a file that cannot be read as a score
    |-- ScoreWriteError (OSError)       a file that cannot be written
    |-- RequestError (ValueError)       a wish that cannot be met: 0 bars, an unknown key
    |-- ModelError (ValueError)         weights that do not fit the network
    |-- CorpusError (ValueError)        a folder without usable scores
    `-- RenderError (RuntimeError)      a page or a sound that could not be made

The command line prints any of them as one line and exits with status 2; any other
traceback is a fault of ours.
"""

from __future__ import annotations


class StrettoError(Exception):
    """Base of every error that is the input's or the machine's fault, not ours."""


class ScoreError(StrettoError, ValueError):
    """A score that contradicts itself; says the part, bar and beat."""


class ScoreReadError(ScoreError):
    """A file that cannot be read as a score; says the file, where in it, and what to do."""


class ScoreWriteError(StrettoError, OSError):
    """A file that cannot be written: it exists already, or its folder does not."""


class RequestError(StrettoError, ValueError):
    """A wish that cannot be met; says what is possible."""


class ModelError(StrettoError, ValueError):
    """Weights that are missing, damaged or made for another network."""


class CorpusError(StrettoError, ValueError):
    """A folder of scores that holds nothing usable."""


class RenderError(StrettoError, RuntimeError):
    """A page, a picture or a sound that could not be made."""
