#!/usr/bin/env python3
"""Send the studio what is damaged, endless, or far too much: it must go on answering, quickly, and never with a 5xx.

    python scripts/studio_attack.py
    python scripts/studio_attack.py --files folder/of/damaged/files

Starts a studio of its own, as a user does. Every file is opened as a piece and, by `/v1`, converted, checked and
reported on, by several clients at once; then as many clients ask for pages, sound and likelihood of a piece as large
as may be opened. All the while somebody else asks for a list, and it is measured how long he waits.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from urllib.parse import quote

PATIENCE_SECONDS = 0.5
"""That somebody else may wait."""

FORMATS = {".mid": "midi", ".midi": "midi", ".musicxml": "musicxml", ".xml": "musicxml", ".mxl": "mxl", ".krn": "kern",
           ".abc": "abc", ".mei": "mei", ".txt": "text"}  # fmt: skip

MEGABYTES_2 = 2 * 2**20

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
    + "]><score-partwise><movement-title>&k;</movement-title></score-partwise>"
)
LEAK = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<score-partwise><movement-title>&a;</movement-title></score-partwise>"
)


def header(n_tracks: int, division: int = 96) -> bytes:
    """Of a MIDI file."""
    return b"MThd" + struct.pack(">IHHH", 6, 1, n_tracks, division)


def track(events: bytes) -> bytes:
    """Of a MIDI file, with its end."""
    events += b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">I", len(events)) + events


def dense_midi(n_notes: int) -> bytes:
    """Chords of ten, one after the other, without a rest."""
    chord = bytes(range(40, 80, 4))
    on = b"\0\x90" + b"\0".join(bytes((pitch, 80)) for pitch in chord)
    off = b"\x18\x80" + b"\0".join(bytes((pitch, 0)) for pitch in chord)
    return header(1) + track((on + off) * (n_notes // len(chord)))


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


CONTAINER = (
    b'<container><rootfiles><rootfile full-path="../../../../etc/passwd" '
    b'media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>'
)

SMALL = b"X:1\nK:C\nCDEF|\n"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing.mid": lambda: b"",
    "zeros.mid": lambda: bytes(1000),
    "nul.abc": lambda: b"X:1\nK:C\nC\0D\0E|\n",
    "not-utf8.abc": lambda: b"X:1\nT:\xff\xfe\x80\nK:C\nCDEF|\n",
    "not-utf8.krn": lambda: b"**kern\n\xff\xfe\n*-\n",
    "not-utf8.musicxml": lambda: b'<?xml version="1.0" encoding="utf-8"?><score-partwise>\xff</score-partwise>',
    "wrong-encoding.musicxml": lambda: b'<?xml version="1.0" encoding="no-such"?><score-partwise/>',
    "utf16.musicxml": lambda: "<score-partwise/>".encode("utf-16"),
    "two-megabytes.mid": lambda: header(1) + b"MTrk" + struct.pack(">I", MEGABYTES_2) + bytes(MEGABYTES_2 - 22),
    "two-megabytes-and-one.mid": lambda: bytes(MEGABYTES_2 + 1),
    "two-megabytes.abc": lambda: b"X:1\nK:C\n" + b"CDEF|" * (MEGABYTES_2 // 5 - 2),
    "one-long-line.txt": lambda: b"C4 " * (MEGABYTES_2 // 3),
    "laughs.musicxml": lambda: LAUGHS.encode(),
    "laughs.mei": lambda: LAUGHS.replace("score-partwise", "mei").encode(),
    "leak.musicxml": lambda: LEAK.encode(),
    "deep.musicxml": lambda: b"<score-partwise>" + b"<part>" * 100_000,
    "deep.mei": lambda: b'<mei xmlns="http://www.music-encoding.org/ns/mei">' + b"<section>" * 100_000,
    "wide.musicxml": lambda: b"<score-partwise " + b" ".join(b"a%d='1'" % i for i in range(100_000)) + b"/>",
    "bomb.mxl": lambda: zipped({"a.musicxml": b"<!--" + bytes(500 * 2**20)}),
    "many.mxl": lambda: zipped({f"{i}.xml": b"" for i in range(20_000)}),
    "bomb-in-bomb.mxl": lambda: zipped({"a.musicxml": zipped({"a.musicxml": bytes(50 * 2**20)})}),
    "outside.mxl": lambda: zipped({"META-INF/container.xml": CONTAINER, "../../etc/passwd": b"<score-partwise/>"}),
    "lies.mid": lambda: header(1) + b"MTrk" + struct.pack(">I", 2**32 - 1) + b"\0\x90\x40\x40",
    "tracks.mid": lambda: header(65535),
    "division-0.mid": lambda: header(1, 0) + track(b"\0\x90\x40\x40\x60\x80\x40\x40"),
    "endless.mid": lambda: header(1) + track(b"\0\x90\x40\x40\xff\xff\xff\x7f\x80\x40\x40"),
    "ten-million-ticks-on.mid": lambda: header(1) + track(b"\xff\xff\xff\x7f\x90\x40\x40" * 20_000),
    "events.mid": lambda: header(1) + track(b"\0\x90" + b"\x40\x40\0" * 600_000 + b"\x40\0"),
    "dense.mid": lambda: dense_midi(60_000),
    "too-dense.mid": lambda: dense_midi(200_000),
    "tempos.mid": lambda: header(1) + track(b"\x01\xff\x51\x03\0\0\1" * 250_000),
    "meters.mid": lambda: header(1) + track(b"\x01\xff\x58\x04\xff\xff\x18\x08" * 200_000),
    "repeats.abc": lambda: b"X:1\nL:1/4\nK:C\n" + b"|:" * 5000 + b"CDEF" + b":|" * 5000,
    "tuplets.abc": lambda: b"X:1\nL:1/4\nK:C\n" + b"(9:8:9" * 20_000 + b"C|\n",
    "short.abc": lambda: b"X:1\nL:1/4096\nK:C\n" + b"C/4096D/99999999999E99999999999|" * 2000,
    "voices.abc": lambda: b"X:1\nK:C\n" + b"".join(b"V:%d\nCDEF|\n" % i for i in range(20_000)),
    "nested.abc": lambda: b"X:1\nK:C\n" + b"{[(" * 50_000,
    "spines.krn": lambda: b"\t".join([b"**kern"] * 5000) + b"\n" + b"\t".join([b"4c"] * 5000) + b"\n",
    "splits.krn": lambda: b"**kern\n" + b"".join(b"\t".join([b"*^"] * 2**i) + b"\n" for i in range(14)),
    "thru.krn": lambda: b"**kern\n*>[" + b"A,A,A," * 50_000 + b"A]\n*>A\n4c\n*-\n",
    "long.krn": lambda: b"**kern\n*M4/4\n" + b"%99999999999c\n0000000001c\n" * 2000 + b"*-\n",
    "bars.txt": lambda: b"meter 1/4\nV: " + b"C4 | " * 100_000,
}
"""Files that nobody should have to open, by their names."""

NOISY = (".mid", ".mxl", ".musicxml", ".abc", ".krn", ".mei", ".txt")
"""Endings under which noise is sent."""

NAMES = ("../../../etc/passwd.mid", "a\nb\r\nSet-Cookie: x=1.abc", "\0.abc", ".abc", "x" * 250 + ".abc", "CON.abc",
         "a;rm -rf $HOME.abc", "<script>alert(1)</script>.abc", "no-ending", ".a/../b")  # fmt: skip
"""Of files that are well otherwise."""


def hostile() -> Iterator[tuple[str, bytes]]:
    """Names and contents of all of them."""
    for name, make in HOSTILE.items():
        yield name, make()
    chance = random.Random(7)
    for suffix in NOISY:
        yield f"noise{suffix}", chance.randbytes(50_000)
    for name in NAMES:
        yield name, SMALL


class Found:
    """What became of the requests."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.statuses, self.wrong, self.slowest = Counter[int](), list[str](), (0.0, "")
        self._lock = threading.Lock()

    def ask(self, port: int, method: str, path: str, body: bytes | None = None) -> bytes:
        """One request; what is wrong about its answer is kept."""
        began = time.perf_counter()
        status, said = ask(port, method, path, body)
        seconds = time.perf_counter() - began
        with self._lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, (seconds, path[:80]))
            if status >= 500 or not status:
                self.wrong.append(f"{status} {method} {path[:80]}: {said[:200]!r}")
            elif status >= 400:
                line = json.loads(said)["detail"]
                if not isinstance(line, str) or "\n" in line or len(line) > 500 or "root:" in line:
                    self.wrong.append(f"{status} {method} {path[:80]}: no line: {said[:200]!r}")
        return said if status < 400 else b""

    def all_of(self, tasks: list[tuple[str, str, bytes | None]], port: int, n_clients: int) -> None:
        """Many requests, by so many clients."""
        waiting = SimpleQueue[tuple[str, str, bytes | None]]()
        for task in tasks:
            waiting.put(task)

        def client() -> None:
            while True:
                try:
                    self.ask(port, *waiting.get_nowait())
                except Empty:
                    return

        clients = [threading.Thread(target=client) for _ in range(n_clients)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()


def ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """One request; status 0 = no answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=200)
    kind = "application/octet-stream" if "/upload" in path else "application/json"
    try:
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException) as error:
        return 0, repr(error).encode()
    finally:
        connection.close()


class Waited:
    """Of one who only asks for a list."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds, self.overslept = list[float](), list[float]()


@contextmanager
def somebody_else(port: int) -> Iterator[Waited]:
    """Asks for a list all the while; how long he waits, and how much too late the machine wakes him between."""
    waited, over = Waited(), threading.Event()

    def client() -> None:
        while True:
            began = time.perf_counter()
            if over.wait(0.05):
                return
            woken = time.perf_counter()
            waited.overslept.append(woken - began - 0.05)
            status, _ = ask(port, "GET", "/api/choices")
            waited.seconds.append(time.perf_counter() - woken if status == 200 else 1000.0)

    thread = threading.Thread(target=client)
    thread.start()
    try:
        yield waited
    finally:
        over.set()
        thread.join()


@contextmanager
def studio() -> Iterator[int]:
    """A studio as a user starts it; its port."""
    with TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-c", "from stretto.cli import main; main()", "studio", "--no-browser", "--port", "0"],
            env={**os.environ, "XDG_DATA_HOME": folder, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            yield int(re.findall(r":(\d+)/", line)[0])
            if server.poll() is not None:
                raise SystemExit("the studio has ended")
        finally:
            server.terminate()
            server.wait()


def uses_of(name: str, data: bytes) -> list[tuple[str, str, bytes | None]]:
    """A file sent every way there is."""
    ways: list[tuple[str, str, bytes | None]] = [("POST", f"/api/pieces/upload?name={quote(name)}", data)]
    kind = FORMATS.get(Path(name.replace("\0", "")).suffix.lower())
    if kind is not None:
        document = {"format": kind, "base64": base64.b64encode(data).decode()}
        for verb, wish in (("convert", {"to": "musicxml"}), ("check", {}), ("report", {})):
            ways.append(("POST", f"/v1/{verb}", json.dumps({"document": document, **wish}).encode()))
    return ways


def looks_at(piece: str) -> list[tuple[str, str, bytes | None]]:
    """Everything that is dear about a piece."""
    looks = [f"/download/{kind}" for kind in ("wav", "pdf", "png", "midi", "musicxml", "kern", "abc")]
    return [("GET", f"/api/pieces/{piece}{look}", None) for look in ("/likelihood", "/check", "/pages", *looks, "")]


def tell(what: str, found: Found, waited: Waited) -> bool:
    """Print the figures of a part; whether it was borne."""
    times, slept = (sorted(each) or [0.0] for each in (waited.seconds, waited.overslept))
    p50, p95 = (times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    statuses = ", ".join(f"{n} times {status}" for status, n in sorted(found.statuses.items()))
    print(f"{what}: {statuses}; the slowest {found.slowest[0]:.1f} s: {found.slowest[1]}")
    print(f"  somebody else: {len(times)} asked, p50 {p50:.3f} s, p95 {p95:.3f} s, at most {times[-1]:.3f} s")
    print(f"  the machine woke him {slept[int(0.95 * (len(slept) - 1))]:.3f} s late (p95), at most {slept[-1]:.3f} s")
    for line in found.wrong:
        print(f"  wrong: {line}")
    return not found.wrong and times[-1] < PATIENCE_SECONDS + 2 * slept[-1]


def main() -> None:
    """Print what was found; end with status 1 if anything was wrong or somebody waited."""
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--files", type=Path, help="a folder of more files")
    wanted.add_argument("--clients", type=int, default=8)
    wanted.add_argument("--bars", type=int, default=128, help="of the large piece")
    wanted.add_argument("--only", choices=["files", "looks"])
    said = wanted.parse_args()
    files = list(hostile())
    if said.files is not None:
        files += [(path.name, path.read_bytes()) for path in sorted(said.files.iterdir()) if path.is_file()]
    borne = True
    with studio() as port:
        if said.only != "looks":
            found = Found()
            with somebody_else(port) as waited:
                found.all_of([way for file in files for way in uses_of(*file)], port, said.clients)
            borne &= tell(f"{len(files)} files", found, waited)
        if said.only != "files":
            found = Found()
            view = json.loads(found.ask(port, "POST", "/api/pieces/upload?name=large.mid", dense_midi(160 * said.bars)))
            with somebody_else(port) as waited:
                found.all_of(looks_at(view["id"]) * said.clients, port, said.clients)
            borne &= tell(f"a piece of {len(view['notes'])} notes in {len(view['bars'])} bars", found, waited)
    raise SystemExit(not borne)


if __name__ == "__main__":
    main()
