"""What is selected, in the score and in the roll alike: bars, parts, hands, and notes to copy, repeat or write anew."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk

HANDS = """
meter: 4/4
tempo: 240

part: Piano
staves: 2
program: 0
voice: 1 staff 1
  1 | C5 D5 E5 F5 |
  2 | G5 F5 E5 D5 |
  3 | C5 E5 G5 E5 |
  4 | C5w |
voice: 2 staff 2
  1 | C3h E3 |
  2 | G3h G3 |
  3 | C3h G3 |
  4 | C3w |
"""


def opened(desk: Desk, notation: str = HANDS) -> None:
    """A piece that was typed."""
    before = desk.view()["id"]
    desk.page.locator("#tab-enter").click()
    desk.page.locator("#notation").fill(notation)
    desk.page.locator("#open-notation").click()
    desk.page.wait_for_function("before => localStorage.getItem('stretto.piece') !== before", arg=before)
    desk.wait_for_pages()
    desk.page.locator("#tab-write").click()


def bare(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The notes without their numbers."""
    return [{name: value for name, value in note.items() if name != "id"} for note in view["notes"]]


def says(desk: Desk, text: str) -> None:
    """Wait until the selection is called so."""
    from playwright.sync_api import expect

    expect(desk.page.locator("#selection-says")).to_have_text(text)


def test_bars_and_a_hand_are_selected_said_and_alone_written_anew(desk: Desk) -> None:
    from playwright.sync_api import expect

    opened(desk)
    before = desk.view()
    desk.select_bar(1)
    says(desk, "bar 2")
    desk.page.locator("#sheets").focus()
    desk.press("Shift+ArrowRight")
    says(desk, "bars 2–3")
    desk.page.locator('[data-name="Left hand"] .part-name').click()
    says(desk, "bars 2–3, Left hand")
    expect(desk.page.locator("#says")).to_have_text("Selected: bars 2–3, Left hand")
    assert desk.page.locator(".layer .note-chosen").count() == 4
    desk.page.locator("[data-verb=vary]").click()
    expect(desk.page.locator("#target")).to_have_text("Works on bars 2–3, Left hand.")
    desk.page.locator("#wish-strength").fill("1")
    desk.page.locator("#go").click()
    desk.take(before["revision"])
    after = desk.view()
    kept = [note for note in bare(before) if note["staff"] == 1 or not 96 <= note["onset"] < 288]
    assert not [note for note in kept if note not in bare(after)]
    assert [n["pitch"] for n in after["notes"]] != [n["pitch"] for n in before["notes"]]


def test_a_verb_that_cannot_be_says_why_and_a_kept_hand_is_said(desk: Desk) -> None:
    from playwright.sync_api import expect

    target, go = desk.page.locator("#target"), desk.page.locator("#go")
    desk.page.locator("[data-verb=continue]").click()
    expect(target).to_contain_text("There are no notes yet")
    assert go.is_disabled()
    opened(desk)
    desk.page.locator("[data-verb=infill]").click()
    expect(target).to_contain_text("Select bars first")
    desk.select_bar(1)
    expect(target).to_have_text("Works on bar 2.")
    desk.page.get_by_label("Keep Right hand as it is").click()
    expect(target).to_have_text("Works on bar 2. Keeps Right hand.")
    expect(desk.page.locator("#why-ensemble")).to_have_text("The piece is for keyboard.")
    assert desk.page.locator("#wish-ensemble").is_disabled() and go.is_enabled()


def test_a_rectangle_over_the_score_selects_the_notes_in_it(desk: Desk) -> None:
    opened(desk)
    corners = desk.page.evaluate(
        """async () => {
          const id = localStorage.getItem("stretto.piece");
          const { pages: [page] } = await (await fetch(`/api/pieces/${id}/pages`)).json();
          const box = document.querySelector(".layer").getBoundingClientRect();
          const bar = page.bars[1];
          return [[bar.x + 60, bar.y - 900], [bar.x + bar.w - 60, bar.y + bar.h / 2]].map(([x, y]) =>
            [box.left + (box.width * x) / page.width, box.top + (box.height * y) / page.height]);
        }"""
    )
    desk.page.mouse.move(*corners[0])
    desk.page.mouse.down()
    desk.page.mouse.move(*corners[1], steps=5)
    desk.page.mouse.up()
    says(desk, "4 notes · bar 2, Right hand")


def test_notes_are_copied_pasted_and_doubled_as_one_step_each(desk: Desk) -> None:
    opened(desk, "meter: 4/4\n\nC4q E4 G4h | r |")
    before = desk.view()
    desk.page.locator("#roll").focus()
    desk.press("Control+a", "Control+c", "Control+v")
    pasted = desk.wait_for_revision(before["revision"])
    assert [(n["onset"], n["pitch"]) for n in pasted["notes"]][3:] == [(96, 60), (120, 64), (144, 67)]
    says(desk, "3 notes · bar 2")
    desk.press("Control+d")
    doubled = desk.wait_for_revision(pasted["revision"])
    assert [(n["onset"], n["pitch"]) for n in doubled["notes"]][6:] == [(192, 60), (216, 64), (240, 67)]
    desk.press("Control+z")
    assert bare(desk.wait_for_revision(doubled["revision"])) == bare(pasted)


def test_what_is_selected_is_repeated_and_nothing_else_is_played(desk: Desk) -> None:
    opened(desk)
    desk.select_bar(1)
    says(desk, "bar 2")
    desk.page.locator("#loop").click()
    desk.press("Space")
    desk.page.wait_for_function("() => Number(document.querySelector('.position').value) > 110")
    ticks = desk.page.evaluate(
        """() => new Promise((done) => {
          const seen = [];
          const timer = setInterval(() => {
            seen.push(Number(document.querySelector(".position").value));
            if (seen.length === 60) { clearInterval(timer); done(seen); }
          }, 40);
        })"""
    )
    desk.press("Space")
    assert min(ticks) >= 96 and max(ticks) <= 192
    assert any(later < earlier for earlier, later in pairwise(ticks))


def test_two_parts_of_one_name_are_told_apart_in_the_mixer_and_in_faults_alike(desk: Desk) -> None:
    from playwright.sync_api import expect

    lines = ("c d c2 |", "G A G2 |", "C D C2 |", "C, D, C,2 |")
    voices = [f'V:{i} name="Voice"\n{line}' for i, line in enumerate(lines, 1)]
    file = "\n".join(["X:1", "T:Nameless", "M:4/4", "L:1/4", "K:C", *voices, ""]).encode()
    page = desk.page
    desk.bring(file, "Nameless")
    expect(page.locator(".part-name")).to_have_text(["Voice 1", "Voice 2", "Voice 3", "Voice 4"])
    page.locator("#tab-check").click()
    page.locator("#check").click()
    fault = page.locator(".fault-line", has_text="parallel fifths").first
    expect(fault.locator(".fault-parts")).to_have_text(re.compile(r"^Voice [1-3], Voice [2-4]$"))
    fault.click()
    expect(page.locator(".part.current")).to_have_attribute("data-name", re.compile(r"^Voice \d$"))
    desk.look("parts-of-one-name")
    page.locator(".heat-cell").first.click()
    says(desk, "bar 1")
