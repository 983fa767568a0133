"""A small picture of cells as a PNG inside a page: a matrix would need too many rectangles."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

PALE, DEEP = (240, 243, 247), (31, 62, 110)
"""Colours of 0 and 1."""


def heat_uri(share_HW: NDArray[Any]) -> str:
    """A matrix of shares, 0..1, as a data URI, one dot a cell."""
    share = np.clip(np.nan_to_num(np.asarray(share_HW, float)), 0, 1)[..., None]
    colours = np.rint((1 - share) * np.array(PALE) + share * np.array(DEEP)).astype(np.uint8)
    return "data:image/png;base64," + base64.b64encode(png_of_rgb(colours)).decode()


def png_of_rgb(rgb_HW3: NDArray[np.uint8]) -> bytes:
    """A PNG file of dots, (H, W, 3).

    *Source*: PNG specification, third edition, W3C 2025, sections 5 and 11.
    """
    height, width, _ = rgb_HW3.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), rgb_HW3.reshape(height, -1)], axis=1)  # filter 0 a row
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
