"""Put the big matrices of networks of staves in eight bits, file by file, where they stand.

    python scripts/eight_bits.py src/stretto/engine/data/{keyboard,quartet}.safetensors

For files that were exported in half precision before `stretto train` wrote this form itself. Nothing else in a file
changes, and one that is in this form already stays as it is, bit by bit.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from safetensors import safe_open
from safetensors.numpy import save

from stretto.engine.eight_bits import in_eight_bits
from stretto.engine.staff_weights import is_staves_network
from stretto.errors import RequestError, StrettoError
from stretto.score.opening import write_whole


def convert(path: Path) -> str:
    """Rewrite one file; a line on what it was and is.

    Raises:
        RequestError: it holds no network of staves, which alone are read in this form.
    """
    if not is_staves_network(path):
        raise RequestError(f"{path}: no network of staves; give what `stretto train FOLDER` wrote")
    before = path.stat().st_size
    with safe_open(str(path), framework="numpy") as store:
        said = store.metadata()
        stored = {name: store.get_tensor(name) for name in store.keys()}  # noqa: SIM118 (no iterator)
    packed = in_eight_bits(stored)
    if packed.keys() == stored.keys():
        return f"{path}: {before / 1e6:.1f} MB, in eight bits already"
    write_whole(path, save(packed, metadata=said), force=True)
    return f"{path}: {before / 1e6:.1f} MB, now {path.stat().st_size / 1e6:.1f} MB"


def main() -> int:
    """Convert all files named; 2 = one of them is none that can be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    try:
        for path in parser.parse_args().files:
            print(convert(path))
    except StrettoError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
