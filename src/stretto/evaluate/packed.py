"""Files of training music that ship: a mark, and zipped after it some plain data as JSON and columns of bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ModelError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Packing:
    """One kind of file."""

    magic: bytes
    """With which it begins, its version included."""
    largest: int
    """Bytes that it may unpack to."""
    what: str
    """As an error names it: "an index of training music"."""

    def pack(self, head: Any, columns: bytes) -> bytes:
        """As a file."""
        said = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return self.magic + zlib.compress(len(said).to_bytes(4, "little") + said + columns, 9)

    def unpack(self, data: bytes, where: str, of: Callable[[Any, NDArray[np.uint8]], T]) -> T:
        """What was packed, made by `of` from the plain data and the columns.

        Raises:
            ModelError: it is damaged, or of another version.
        """
        if not data.startswith(self.magic):
            raise ModelError(f"{where}: not {self.what} of this version; install Stretto again")
        try:
            packed = zlib.decompressobj()
            raw = packed.decompress(data[len(self.magic) :], self.largest)
            if not packed.eof:
                raise ValueError("it ends too early, or is too large")
            n_said = int.from_bytes(raw[:4], "little")
            return of(json.loads(raw[4 : 4 + n_said]), np.frombuffer(raw, np.uint8, offset=4 + n_said))
        except (zlib.error, ValueError, KeyError, TypeError, IndexError, OverflowError) as cause:
            raise ModelError(f"{where}: damaged ({cause}); install Stretto again") from cause
