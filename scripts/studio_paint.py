#!/usr/bin/env python3
"""How soon the studio's page is there, and how soon one hears something: medians beside what they should be.

    python scripts/studio_paint.py --runs 5

Starts a studio of its own and a new browser for every run, so that nothing is cached. What is measured:

- *first paint*: from the navigation to the first text or picture (the browser's own first-contentful-paint);
- *score seen*: from the navigation to the first engraved page standing on it;
- *play*: the page is opened on a piece and its play button clicked as soon as the score is seen, with a synthesizer
  that may not be up yet; from the click to the first sample above -60 dB of full scale that goes to the loudspeaker;
- *play, warm*: the same click ten seconds later, as a person who has looked at the page first;
- *compose*: from the click on Compose (8 bars for choir) to the first such sample, where the first candidate's listen
  button is clicked in the moment that it can be.

Sound is looked for every 5 ms, and the loudspeaker's own delay is not in it. Needs Chromium, and
pip install -e ".[browser-test]".
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/studio/browser"))

if TYPE_CHECKING:
    from playwright.sync_api import Page

TARGETS_MS = {"first paint": 1000, "play": 1500, "play, warm": 1500, "compose": 1500}

TUNE = "key: G major\nmeter: 4/4\n\nG4q A4 B4 C5 | D5 E5 D5h | C5q B4 A4 A4 | G4h G4 |"

CLICKED = "addEventListener('click', event => { window.clicked ??= event.timeStamp; window.ear?.reset(); }, true);"
"""Before the page's own scripts: remembers the first click, in milliseconds since the navigation."""

HEARD = "() => window.clicked !== undefined && window.ear.heard().since !== null"

LISTEN_AT_ONCE = """() => {
  const look = () => {
    const button = document.querySelector('.card button[aria-label^="Listen"]:not(:disabled)');
    if (button) button.click();
    else requestAnimationFrame(look);
  };
  look();
}"""


def main() -> None:
    """Print one line for each quantity."""
    from playwright.sync_api import sync_playwright
    from running_studio import running_studio

    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--runs", type=int, default=5)
    wanted.add_argument("--chromium", default="/usr/bin/chromium")
    said = wanted.parse_args()
    found: dict[str, list[float]] = {}
    with TemporaryDirectory() as folder, running_studio(Path(folder)) as studio, sync_playwright() as driver:
        studio.ask("POST", "/api/pieces", {"title": "Tune", "notation": TUNE})
        for run in range(-1, said.runs):  # the first warms the server up, and counts for nothing
            for act in (played, played_warm, composed):
                told = in_new_browser(driver, said.chromium, studio.origin, act)
                for name, milliseconds in told.items() if run >= 0 else ():
                    found.setdefault(name, []).append(milliseconds)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {said.runs} runs; milliseconds")
    for name, values in found.items():
        target = f"; should be at most {TARGETS_MS[name]}" if name in TARGETS_MS else ""
        print(f"{name:12} median {statistics.median(values):5.0f}, {min(values):.0f} to {max(values):.0f}{target}")


def in_new_browser(
    driver: Any, chromium: str, origin: str, act: Callable[[Page], dict[str, float]]
) -> dict[str, float]:
    """Do something on the page as a browser opens it for the first time."""
    from desk import EAR, SWITCHES

    browser = driver.chromium.launch(executable_path=chromium, headless=True, args=list(SWITCHES))
    try:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(EAR + CLICKED)
        page.goto(origin)
        page.locator(".sheet img").first.wait_for()
        return act(page)
    finally:
        browser.close()


def played(page: Page) -> dict[str, float]:
    """Open, and play at once."""
    seen = page.evaluate("() => performance.now()")
    page.locator("#play").click()
    painted = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return {"first paint": painted, "score seen": seen, "play": until_heard(page)}


def played_warm(page: Page) -> dict[str, float]:
    """Open, look, and play."""
    page.wait_for_timeout(10_000)
    page.locator("#play").click()
    return {"play, warm": until_heard(page)}


def composed(page: Page) -> dict[str, float]:
    """Open, look, compose, and listen to the first candidate as soon as it can be heard."""
    page.wait_for_timeout(3_000)
    page.locator("#go").click()
    page.evaluate(LISTEN_AT_ONCE)
    heard = until_heard(page)
    told = page.locator(".tray-status[role=status]").inner_text()
    assert told, "the tray says what is going on"
    return {"compose": heard}


def until_heard(page: Page) -> float:
    """Milliseconds from the first click to the first sound."""
    page.wait_for_function(HEARD, timeout=60_000)
    passed: float = page.evaluate("() => window.ear.heard().since - window.clicked")
    return passed


if __name__ == "__main__":
    main()
