#!/usr/bin/env python3
"""Take the pictures of docs/studio.md anew, in a real browser on a studio of its own.

    python scripts/studio_pictures.py

Needs Chromium, and pip install -e ".[browser-test]". The piece is that of the README.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"

sys.path.insert(0, str(ROOT / "tests/studio/browser"))

if TYPE_CHECKING:
    from desk import Desk
    from playwright.sync_api import Route
    from running_studio import RunningStudio

WIDTH, HEIGHT = 1280, 800

WISH = {"key": "G major", "bars": 8, "seed": 7}


def main() -> None:
    """Write docs/images/studio.png and studio-check.png."""
    from desk import SWITCHES, Room
    from playwright.sync_api import sync_playwright
    from running_studio import running_studio

    with TemporaryDirectory() as folder, running_studio(Path(folder)) as studio, sync_playwright() as driver:
        composed_piece(studio)
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(SWITCHES))
        with Room(browser, studio.address, FOLDER) as room:
            candidates_for_two_bars(room.desk(width=WIDTH, height=HEIGHT))
            faults_and_surprise(room.desk(width=WIDTH, height=HEIGHT, scheme="dark"))
        browser.close()


def composed_piece(studio: RunningStudio) -> None:
    """The piece that the pages open on."""
    piece = studio.ask("POST", "/api/pieces", {})
    asked = {"revision": piece["revision"], "verb": "compose", "candidates": 1, "options": WISH}
    job = studio.ask("POST", f"/api/pieces/{piece['id']}/verbs", asked)["job"]
    urllib.request.urlopen(f"{studio.origin}/api/jobs/{job}/events").read()  # until it is done
    studio.ask("POST", f"/api/pieces/{piece['id']}/accept", {"revision": piece["revision"], "job": job, "candidate": 0})


def candidates_for_two_bars(desk: Desk) -> None:
    """The whole page in light, with three candidates for bars that are selected."""
    desk.page.route("**/verbs", seeded)
    desk.page.locator("[data-verb=infill]").click()
    desk.select_bar(4)
    desk.page.locator("#go").click()
    desk.page.locator(".take:not(:disabled)").nth(2).wait_for()
    desk.page.mouse.move(0, 0)
    desk.page.wait_for_timeout(500)
    desk.look("studio")


def seeded(route: Route) -> None:
    """Send a wish on with a seed, so that the picture stays the same."""
    wish: dict[str, Any] = json.loads(route.request.post_data or "{}")
    wish["options"]["seed"] = 3
    route.continue_(post_data=json.dumps(wish))


def faults_and_surprise(desk: Desk) -> None:
    """The page in dark, with what `check` and the network say of the piece."""
    desk.page.locator("#tab-check").click()
    desk.page.locator("#check").click()
    desk.page.locator(".heat-cell").first.wait_for()
    desk.page.locator(".heat-cell").nth(2).click()
    desk.page.mouse.move(0, 0)
    desk.page.wait_for_timeout(500)
    desk.look("studio-check")


if __name__ == "__main__":
    main()
