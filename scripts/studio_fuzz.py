#!/usr/bin/env python3
"""Ask the studio everything that its OpenAPI allows, and much that it forbids: no answer may be a 5xx.

    pip install -e ".[studio-test]"
    python scripts/studio_fuzz.py --cases 20

Starts a studio of its own with an empty data folder. `--cases` are for each of some 30 operations, in the phase of
fuzzing; `--coverage` adds the systematic phase, some 1,400 requests.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from stretto.studio.door.launch import place_at, server_of
from stretto.studio.door.server import create_app
from stretto.studio.workers.pool import Pool

NOT_CHECKED = "positive_data_acceptance"
"""A wish can be well-formed and yet not be met: a key that there is not, a document that is none."""


def main() -> None:
    """End with the status of schemathesis."""
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--cases", type=int, default=20)
    wanted.add_argument("--seed", type=int, default=None, help="draw the same again")
    wanted.add_argument("--coverage", action="store_true")
    wanted.add_argument("--only", default=".", help="a pattern that paths must match, as ^/v1")
    said = wanted.parse_args()
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if program is None:
        raise SystemExit('schemathesis is not installed; pip install -e ".[studio-test]"')
    place = place_at("127.0.0.1", 0)
    with place.door, Pool() as pool, TemporaryDirectory() as folder:
        pool.wait_until_ready()
        server = server_of(create_app(place.access, pool=pool, data_folder=Path(folder)))
        thread = threading.Thread(target=server.run, args=([place.door],))
        thread.start()
        seed = [] if said.seed is None else ["--seed", str(said.seed)]
        phases = "examples,coverage,fuzzing" if said.coverage else "examples,fuzzing"
        try:
            names_that_there_are(place.door.getsockname()[1], Path(folder))
            done = subprocess.run(
                [
                    program, "run", f"{place.address}openapi.json", "--max-examples", str(said.cases),
                    "--phases", phases, "--include-path-regex", said.only, "--exclude-checks", NOT_CHECKED,
                    "--request-timeout", "90", "--suppress-health-check", "all", "--continue-on-failure", *seed,
                ],
                cwd=folder,
                check=False,
            )  # fmt: skip
        finally:
            server.should_exit = True
            thread.join()
    raise SystemExit(done.returncode)


CONFIG = """
[parameters]
"path.piece" = "{piece}"
"path.id" = "{job}"
"path.number" = 1

[[operations]]
include-name = "DELETE /api/pieces/{{piece}}"
parameters = {{ "path.piece" = "{other}" }}
"""


def names_that_there_are(port: int, folder: Path) -> None:
    """A piece and a job, for the routes that name one; what is not there is 404 and shows little."""
    made = [ask(port, "/api/pieces", {"notation": "C4 D4 E4 F4\n"})["id"] for _ in range(2)]
    job = ask(port, "/v1/compose?wait=false", {"bars": 2, "candidates": 1})["id"]
    config = CONFIG.format(piece=made[0], other=made[1], job=job)
    (folder / "schemathesis.toml").write_text(config, encoding="utf-8")


def ask(port: int, path: str, body: dict[str, object]) -> dict[str, str]:
    """What a studio answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    said: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return said


if __name__ == "__main__":
    main()
