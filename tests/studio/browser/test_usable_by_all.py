"""The page for those who see it, and for those who do not; in light and dark, on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk, Room


CONTROLS = ("#go", "#sheets", "#roll", "[role=tab]", ".head :is(button, input)", ".pane-head :is(button, select)",
            ".mixer :is(button, input)", ".transport :is(button, input, output)")  # fmt: skip
"""What one works with all the time."""

PARALLELS = b"""X:1
T:Parallels
M:4/4
L:1/4
K:C
V:1 name="Soprano"
c d c2 | c d c2 |
V:2 name="Alto"
G A G2 | G A G2 |
V:3 name="Tenor" clef=bass
C D C2 | C D C2 |
V:4 name="Bass" clef=bass
C, D, C,2 | C, D, C,2 |
"""


def states(desk: Desk) -> Iterator[str]:
    """Leads through the tabs, dialogs and trays of the page, one after the other."""
    page = desk.page
    desk.bring(PARALLELS, "Parallels")
    yield "write"
    for verb in ("continue", "harmonize", "infill", "vary", "compose"):
        page.locator(f"[data-verb={verb}]").click()
        yield f"write-{verb}"
    page.locator("#tab-check").click()
    page.locator("#check").click()
    page.locator(".fault-line").first.wait_for()
    page.locator(".heat-cell").first.wait_for()
    yield "checked"
    page.locator(".heat-cell").nth(1).click()
    yield "a-bar-explained"
    page.locator("#tab-enter").click()
    yield "enter"
    page.locator("#download").click()
    yield "download"
    desk.press("Escape")
    page.locator("#pieces").click()
    yield "pieces"
    desk.press("Escape")
    page.locator("#roll").focus()
    desk.press("?")
    yield "help"
    desk.press("Escape")
    page.locator("#tab-write").click()
    page.get_by_label("Bars", exact=True).fill("2")
    page.locator("#go").click()
    page.locator("#tray").wait_for()
    yield "composing"
    desk.take_button().wait_for(timeout=60_000)
    page.locator("#tray-close").wait_for()
    yield "candidates"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accessibility_scan_finds_nothing_serious_in_any_state_of_the_page(
    room: Room, axe: str, scheme: str
) -> None:
    desk = room.desk(scheme=scheme)
    found = {}
    for state in states(desk):
        desk.look(f"{scheme}-{state}")
        if serious := serious_findings(desk, axe):
            found[state] = serious
    assert found == {}


def serious_findings(desk: Desk, axe: str) -> list[tuple[str, str, Any]]:
    """Of the page as it is now: rule, what it is about, and the first elements."""
    if not desk.page.evaluate("() => 'axe' in window"):
        desk.page.evaluate(axe)
    told = desk.page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
    return [
        (one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in told
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_is_within_reach_on_a_small_screen(room: Room, scheme: str) -> None:
    desk = room.desk(width=1024, height=720, scheme=scheme)
    for state in states(desk):
        desk.look(f"small-{scheme}-{state}")
        wide, high = desk.page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert wide <= 1024 and high <= 720, state
        if state == "write":
            assert hidden(desk, *CONTROLS) == []
        if state == "candidates":
            assert hidden(desk, ".take", "#tray-close", "#go", "#play") == []
            assert hidden(desk, "[data-wish=ensemble] *", "[data-wish=key] *", "[data-wish=bars] *") == []
            cut = "own => own.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
            assert desk.page.locator(".card-foot, .card-says, .tray-head").evaluate_all(cut) == []


@pytest.mark.parametrize("width", [1180, 1280, 1440])
def test_every_control_is_within_reach_on_screens_of_any_width(room: Room, width: int) -> None:
    assert hidden(room.desk(width=width, height=768), *CONTROLS) == []


def hidden(desk: Desk, *selectors: str) -> list[str]:
    """Of all such elements those that do not lie whole on the screen, with nothing over them; of each, what it says."""
    found: list[str] = desk.page.evaluate(
        """selectors => selectors.flatMap(selector => {
          const all = [...document.querySelectorAll(selector)].filter(own => own.checkVisibility());
          const seen = own => {
            const { left, top, right, bottom } = own.getBoundingClientRect();
            return [[left + 3, (top + bottom) / 2], [right - 3, (top + bottom) / 2]].every(([x, y]) => {
              const hit = document.elementFromPoint(x, y);
              return own.contains(hit) || hit?.contains(own);
            });
          };
          const name = own => own.ariaLabel || own.id || own.textContent;
          return all.length ? all.filter(own => !seen(own)).map(name) : [`there is no ${selector}`];
        })""",
        list(selectors),
    )
    return found
