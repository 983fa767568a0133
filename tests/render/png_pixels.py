"""A PNG's pixels, for tests that look at what was drawn."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def pixels(png: bytes) -> NDArray[np.uint8]:
    """Grey values, (height, width), 0 = black, of an 8-bit RGB or RGBA picture.

    Source: W3C, Portable Network Graphics, section 9 (filters).
    """
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, header = 8, b"", b""
    while at < len(png):
        length, kind = struct.unpack(">L4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        header = body if kind == b"IHDR" else header
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colours = struct.unpack(">LLBB", header[:10])
    assert depth == 8 and colours in (2, 6)
    n = 3 if colours == 2 else 4
    rows = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, 1 + n * width)
    image = np.zeros((height, width, n), dtype=np.uint8)
    above = np.zeros((width, n), dtype=np.uint8)
    for y, row in enumerate(rows):
        above = image[y] = _unfiltered(int(row[0]), row[1:].reshape(width, n), above)
    return image[:, :, :3].mean(axis=2).astype(np.uint8)


def _unfiltered(kind: int, row: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if kind == 0:
        return row.copy()
    if kind == 1:
        return np.cumsum(row, axis=0, dtype=np.uint64).astype(np.uint8)
    if kind == 2:
        return row + above
    line, up = row.astype(int).tolist(), above.astype(int).tolist()
    left, corner = [0] * len(line[0]), [0] * len(line[0])
    for x, pixel in enumerate(line):
        for c, value in enumerate(pixel):
            guess = (left[c] + up[x][c]) // 2 if kind == 3 else _paeth(left[c], up[x][c], corner[c])
            pixel[c] = (value + guess) % 256
        left, corner = pixel, up[x]
    return np.array(line, dtype=np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
