"""What is chosen or written is in sight on the roll, and another piece is shown from its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk

FAR_APART = b"X:1\nT:Far apart\nM:4/4\nL:1/4\nK:C\n" + b"C4|" * 30 + b"c'''4|C,,,4|" + b"C4|" * 8
"""Bar 31 is six octaves above bar 32."""


def sees_selected(desk: Desk) -> None:
    """Wait until the frame of a selected note is seen on the roll, its upper and its lower line."""
    desk.page.wait_for_function(
        """() => {
          const roll = document.getElementById("roll");
          const probe = document.createElement("canvas").getContext("2d");
          probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
          probe.fillRect(0, 0, 1, 1);
          const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
          const copy = Object.assign(document.createElement("canvas"), { width: roll.width, height: roll.height });
          const brush = copy.getContext("2d");
          brush.drawImage(roll, 0, 0);
          const [left, top] = [50, 48];  // right of the keys, below the ruler
          const { data, width, height } = brush.getImageData(left, top, roll.width - left, roll.height - top);
          const rows = new Array(height).fill(0);
          for (let at = 0; at < data.length; at += 4)
            if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) rows[Math.floor(at / 4 / width)]++;
          const edges = rows.flatMap((n, y) => (n >= 8 ? [y] : []));
          return edges.length > 1 && edges.at(-1) - edges[0] >= 5;
        }"""
    )


def test_another_piece_is_shown_from_its_beginning_on_the_roll_too(desk: Desk) -> None:
    desk.bring(b"X:1\nT:Long\nM:4/4\nL:1/4\nK:C\n" + b"CDEF|" * 40, "Long")
    desk.page.locator("#roll").focus()
    for _ in range(2):
        desk.page.locator(".roll-scroll").evaluate("scroller => { scroller.scrollLeft = scroller.scrollWidth }")
        desk.page.wait_for_function("() => window.eye.rollCursor() === null")
        title = desk.page.locator("#title").input_value()
        other = "Other" if title == "Long" else "Long"
        if other == "Other":
            desk.bring(b"X:1\nT:Other\nM:4/4\nL:1/4\nK:C\n" + b"cdef|" * 40, "Other")
        else:
            desk.page.locator("#pieces").click()
            desk.page.locator(".piece-line", has_text="Long").click()
            desk.page.wait_for_function("() => document.getElementById('title').value === 'Long'")
        desk.page.wait_for_function("() => window.eye.rollCursor() !== null")
        assert desk.page.locator(".roll-scroll").evaluate("scroller => scroller.scrollLeft") == 0


def test_the_notes_of_a_bar_that_is_chosen_in_the_score_come_into_sight_on_the_roll(desk: Desk) -> None:
    desk.bring(FAR_APART, "Far apart")
    page = desk.page
    for _ in range(8):
        page.get_by_label("Taller lanes").click()
    for bar, is_high in ((31, False), (30, True)):
        desk.select_bar(bar)
        page.wait_for_function(
            """isHigh => {
              const { scrollTop, scrollHeight, clientHeight } = document.querySelector(".roll-scroll");
              const beyond = 7 * 28;  // lanes above the highest note and below the lowest, in pixels
              return isHigh ? scrollTop <= beyond : scrollTop >= scrollHeight - clientHeight - beyond;
            }""",
            arg=is_high,
        )
    desk.look("a-bar-in-sight")


def test_what_is_written_by_key_and_moved_by_octaves_stays_in_sight(desk: Desk) -> None:
    desk.page.locator("#roll").focus()
    desk.press("c")
    sees_selected(desk)
    for keys in (
        ("ArrowUp", "ArrowUp"),
        ("e", "Shift+ArrowUp"),
        ("g",),
        ("Shift+ArrowUp",),
        ("Shift+ArrowUp",),
        ("c",),
    ):
        desk.press(*keys)
        sees_selected(desk)
    for _ in range(6):
        desk.press("Shift+ArrowDown")
        sees_selected(desk)
    desk.look("written-in-sight")
