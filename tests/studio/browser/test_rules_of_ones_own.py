"""A teacher's rule sheet on the page, the faults by it, and the strips for surprise and known music."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk, Room

FIFTHS = "X:1\nT:Fifths\nM:4/4\nL:1/4\nK:C\n" + "".join(
    f"V:{n} name={name}\n{line} |\n"
    for n, (name, line) in enumerate(
        [
            ("Soprano", "c d e c | d c B c | c4"),
            ("Alto", "G A G G | G G G G | G4"),
            ("Tenor", "E F E E | B, E D E | E4"),
            ("Bass", "C D C C | G, C G, C | C4"),
        ],
        1,
    )
)
STRICT = 'title = "My first year"\n[rules.parallel-fifths]\nseverity = "licence"\nsays = "Fifths may be, if short."\n'


def checked(desk: Desk, folder: Path) -> Path:
    """A piece with parallel fifths in bar 1, looked through; the folder for files."""
    from playwright.sync_api import expect

    (folder / "fifths.abc").write_text(FIFTHS, encoding="utf-8")
    desk.page.locator("#file").set_input_files(folder / "fifths.abc")
    expect(desk.page.locator("#title")).to_have_value("Fifths")
    desk.wait_for_pages()
    desk.page.locator("#tab-check").click()
    desk.page.locator("#check").click()
    desk.page.locator(".fault-line[data-severity=error]").first.wait_for()
    desk.page.locator(".heat-cell").first.wait_for()
    return folder


def test_a_fault_is_told_with_its_reason_and_a_click_goes_to_it(desk: Desk, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    checked(desk, tmp_path)
    line = desk.page.locator(".fault-line", has_text="Parallel fifths").first
    expect(line).to_contain_text("Bach: in")
    expect(line).to_contain_text("Bar 1")
    line.click()
    expect(desk.page.locator("#selection-says")).to_contain_text("notes")
    expect(line).to_have_attribute("aria-current", "true")
    assert desk.page.locator("#sheets .fault-error").count() > 0
    remarks = desk.page.locator(".severity[data-severity=remark]")
    expect(remarks).to_have_attribute("aria-pressed", "false")
    desk.look("check-fault")


def test_a_teachers_sheet_is_loaded_kept_and_removed(desk: Desk, room: Room, tmp_path: Path) -> None:
    """A broken one is told by line and word; a good one stays chosen, for this piece and this browser."""
    from playwright.sync_api import expect

    desk.refusals = (422,)
    folder = checked(desk, tmp_path)
    (folder / "mine.toml").write_text(STRICT.replace("licence", "license"), encoding="utf-8")
    desk.page.locator("#sheet-file").set_input_files(folder / "mine.toml")
    alert = desk.page.locator("#toast [role=alert]")
    expect(alert).to_contain_text("mine.toml, line 3: rule parallel-fifths has severity 'license'; there are error")
    (folder / "mine.toml").write_text(STRICT, encoding="utf-8")
    desk.page.locator("#sheet-file").set_input_files(folder / "mine.toml")
    rules = desk.page.locator("#rules")
    expect(rules.locator("option:checked")).to_have_text("My first year")
    line = desk.page.locator(".fault-line[data-severity=licence]").first
    expect(line).to_contain_text("Fifths may be, if short.")
    expect(desk.page.locator("#check-says")).to_have_text("No errors; 2 licences.")
    desk.look("check-own-sheet")
    desk.page.reload()
    desk.wait_for_pages()
    desk.page.locator("#tab-check").click()
    expect(rules.locator("option:checked")).to_have_text("My first year")
    desk.page.locator("#sheet-remove").click()
    expect(rules.locator("option:checked")).to_have_text("Four-part chorale")
    expect(rules.locator("option")).to_have_count(6)


def test_a_rule_sheet_may_be_dropped_on_the_page(desk: Desk, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    checked(desk, tmp_path)
    desk.page.evaluate(
        """text => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "dropped.toml"));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        STRICT,
    )
    expect(desk.page.locator("#rules option:checked")).to_have_text("My first year")
    assert desk.view()["title"].startswith("Fifths")


def test_every_bar_says_how_surprising_it_is_and_what_it_shares(desk: Desk, tmp_path: Path) -> None:
    """By height and in words, not by colour alone; the legend stands over the roll."""
    from playwright.sync_api import expect

    checked(desk, tmp_path)
    cells = desk.page.locator(".heat-cell")
    expect(cells).to_have_count(3)
    expect(desk.page.locator(".legend")).to_be_visible()
    told = re.compile(r"Bar 1: (as expected|a little unexpected|unexpected|startling); (shares|known)")
    expect(cells.nth(0)).to_have_attribute("aria-label", told)
    cells.nth(1).click()
    expect(desk.page.locator(".why")).to_contain_text("Bar 2")
    expect(desk.page.locator(".why")).to_contain_text("expected")
    expect(desk.page.locator("#selection-says")).to_contain_text("bar 2")
    heights = desk.page.locator(".shade.surprise > span").evaluate_all("all => all.map((own) => own.style.height)")
    assert all(height.endswith("%") for height in heights)
    roll = desk.page.locator("#roll")
    roll.hover(position={"x": 80, "y": 36})
    expect(roll).to_have_attribute("title", re.compile("^Bar 1: "))
    desk.look("check-heat")


def test_the_sign_of_a_fault_over_the_roll_says_its_reason_and_goes_to_it(desk: Desk, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    checked(desk, tmp_path)
    x = desk.page.evaluate("() => 46 + 24 * 1.1 + 6")  # the second quarter, as the roll opens
    roll = desk.page.locator("#roll")
    roll.hover(position={"x": x, "y": 6})
    expect(roll).to_have_attribute("title", re.compile("^(Parallel|parallel) (fifths|octaves)"))
    roll.click(position={"x": x, "y": 6})
    expect(desk.page.locator("#selection-says")).to_contain_text("4 notes")
    expect(desk.page.locator(".fault-line[aria-current]").first).to_be_in_viewport()


def test_what_was_said_of_a_piece_goes_when_it_changes(desk: Desk, tmp_path: Path) -> None:
    """Marks of notes that are no longer there would mislead; another piece begins unmarked."""
    from playwright.sync_api import expect

    checked(desk, tmp_path)
    desk.page.locator(".fault-line").first.click()
    desk.page.locator("#roll").focus()
    desk.press("Delete")
    expect(desk.page.locator(".fault-line")).to_have_count(0)
    expect(desk.page.locator("#check-says")).to_be_empty()
    expect(desk.page.locator(".legend")).to_be_hidden()
    desk.page.locator("#check").click()
    expect(desk.page.locator("#check-says")).to_contain_text("error")
    desk.page.locator("#new").click()
    expect(desk.page.locator("#check-says")).to_be_empty()
    expect(desk.page.locator(".heat-cell")).to_have_count(0)
