"""A studio of one's own, Debian's Chromium (or any), and a desk to sit at; skipped where one of them is missing.

STRETTO_BROWSER=1    what is missing is a failure and no skip: for machines that must run these tests
STRETTO_CHROMIUM     the browser's program, where it is not found by its name
STRETTO_LOOKS        a folder for the pictures that the tests make, to be looked at
"""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk import Desk, Room
    from playwright.sync_api import Browser
    from running_studio import RunningStudio

if os.environ.get("STRETTO_BROWSER"):
    for needed in ("fastapi", "playwright", "music21"):
        importlib.import_module(needed)

AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing(what: str) -> None:
    """Skip, or fail where these tests have to run."""
    if os.environ.get("STRETTO_BROWSER"):
        pytest.fail(f"STRETTO_BROWSER is set, and there is no {what}", pytrace=False)
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility scanner, as a script for the page."""
    if not AXE.is_file():
        missing("axe-core: npm ci in web/")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("STRETTO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("Chromium: apt-get install chromium")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[RunningStudio]:
    """`stretto studio` as a person starts it, with pieces of its own."""
    from running_studio import running_studio

    with running_studio(tmp_path_factory.mktemp("studio")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Of one module: while the driver is up its event loop runs in this thread, and another module may want one."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright: pip install -e '.[browser-test]'")
    from desk import SWITCHES

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, headless=True, args=list(SWITCHES))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go."""
    named = os.environ.get("STRETTO_LOOKS")
    folder = Path(named) if named else tmp_path_factory.mktemp("looks")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def room(browser: Browser, studio: RunningStudio, looks: Path) -> Iterator[Room]:
    """Where desks are set up, in a studio without pieces; afterwards nothing may have gone wrong at any of them."""
    from desk import Room

    studio.forget_pieces()
    with Room(browser, studio.address, looks) as room:
        yield room


@pytest.fixture
def desk(room: Room) -> Desk:
    """The page as a newcomer finds it."""
    return room.desk()
