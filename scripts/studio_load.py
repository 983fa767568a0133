#!/usr/bin/env python3
"""How the studio bears many who ask at once: nothing lost, nothing wrong, how long they wait, and how much is done.

    python scripts/studio_load.py --clients 50 --requests 500

Starts a studio of its own, asks it one by one, then with many clients at once. Every third request repeats the seed of
another, so that a wrong answer shows: one seed must give one piece. A refusal for a full queue is asked again, as a
client should; its waiting counts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory

from stretto.studio.door.launch import place_at, server_of
from stretto.studio.door.server import create_app
from stretto.studio.workers.pool import Pool

AGAIN_SECONDS = 0.2


def main() -> None:
    """Print what was found; end with status 1 if anything was lost or wrong."""
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--clients", type=int, default=50)
    wanted.add_argument("--requests", type=int, default=500)
    wanted.add_argument("--alone", type=int, default=30, help="requests of the one client")
    wanted.add_argument("--bars", type=int, default=8)
    wanted.add_argument("--candidates", type=int, default=16)
    wanted.add_argument("--workers", type=int, default=None)
    said = wanted.parse_args()
    place = place_at("127.0.0.1", 0)
    with place.door, Pool(workers=said.workers) as pool, TemporaryDirectory() as folder:
        pool.wait_until_ready()
        server = server_of(create_app(place.access, pool=pool, data_folder=Path(folder)))
        thread = threading.Thread(target=server.run, args=([place.door],))
        thread.start()
        port = place.door.getsockname()[1]
        try:
            wish = {"bars": said.bars, "candidates": said.candidates}
            one = asked(port, 1, said.alone, wish)
            many = asked(port, said.clients, said.requests, wish)
        finally:
            server.should_exit = True
            thread.join()
    print(f"{len(pool.processes)} workers, {said.bars} bars, {said.candidates} versions of each phrase")
    print(f"1 client: {tell(one)}\n{said.clients} clients: {tell(many)}")
    print(f"throughput: {many.rate / one.rate:.2f} times that of one client")
    raise SystemExit(bool(one.lost or one.wrong or many.lost or many.wrong))


class Found:
    """What became of the requests."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds, self.lost, self.wrong, self.refused, self.rate = list[float](), 0, 0, 0, 0.0
        self.pieces: dict[int, set[str]] = {}
        self.lock = threading.Lock()


def asked(port: int, n_clients: int, n_requests: int, wish: dict[str, int]) -> Found:
    """Ask for pieces, with so many clients."""
    found, seeds = Found(), SimpleQueue[int]()
    for number in range(n_requests):
        seeds.put(number - number % 3 // 2)
    clients = [threading.Thread(target=ask_on, args=(port, seeds, wish, found)) for _ in range(n_clients)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    found.rate = len(found.seconds) / (time.perf_counter() - began)
    found.lost = n_requests - len(found.seconds)
    found.wrong += sum(len(pieces) > 1 for pieces in found.pieces.values())
    return found


def ask_on(port: int, seeds: SimpleQueue[int], wish: dict[str, int], found: Found) -> None:
    """One client: ask until no seeds are left."""
    while True:
        try:
            seed = seeds.get_nowait()
        except Empty:
            return
        began = time.perf_counter()
        while (answer := ask(port, {**wish, "seed": seed}))[0] == 429:
            found.refused += 1
            time.sleep(AGAIN_SECONDS)
        status, said = answer
        with found.lock:
            if status == 200:
                found.seconds.append(time.perf_counter() - began)
                found.wrong += said["seed"] != seed or said["data"]["bars"] != wish["bars"]
                found.pieces.setdefault(seed, set()).add(hashlib.sha256(said["musicxml"].encode()).hexdigest())


def ask(port: int, wish: dict[str, int]) -> tuple[int, dict]:
    """One request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("POST", "/v1/compose", json.dumps(wish), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except OSError:
        return 0, {}
    finally:
        connection.close()


def tell(found: Found) -> str:
    """Its figures."""
    times = sorted(found.seconds) or [0.0]
    p50, p95 = (times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    return (
        f"{len(found.seconds)} answered, {found.lost} lost, {found.wrong} wrong, {found.refused} asked again; "
        f"p50 {p50:.2f} s, p95 {p95:.2f} s; {found.rate:.2f} a second"
    )


if __name__ == "__main__":
    main()
