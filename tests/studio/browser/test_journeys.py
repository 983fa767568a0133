"""A newcomer's way through the page, in a real browser on a real studio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk

LEAST_PEAK = 0.01
"""Of full scale, -40 dB: music that one hears."""


def note_rows(view: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    return sorted((n["part"], n["onset"], n["duration"], n["pitch"]) for n in view["notes"])


def test_a_newcomer_composes_hears_edits_infills_undoes_and_finds_the_piece_again(desk: Desk, tmp_path: Path) -> None:
    desk.compose(bars=4)
    assert {note[0] for note in desk.notes()} == {0, 1, 2, 3}
    assert len(desk.view()["bars"]) >= 4
    desk.look("composed")

    hears(desk)
    edited = edits_a_note_in_the_roll(desk)
    infilled = infills_a_bar(desk, edited)
    undoes_and_redoes(desk, edited, infilled)

    desk.page.reload()
    desk.wait_for_pages()
    assert desk.notes() == infilled
    desk.look("found-again")


def hears(desk: Desk) -> None:
    """Play: the clock runs, it sounds, and both cursors go on."""
    from desk import further
    from playwright.sync_api import expect

    desk.page.locator("#play").click()
    transport = desk.page.locator("#transport")
    expect(transport).to_have_attribute("data-playing", "true")
    desk.page.wait_for_function("() => window.ear.heard().peak > 0.01")
    for _ in range(3):
        before = (*desk.cursors(), desk.heard()["clock"])
        desk.wait_until(lambda before=before: further((*desk.cursors(), desk.heard()["clock"]), before))
    desk.look("playing")
    assert desk.heard()["peak"] > LEAST_PEAK
    desk.page.locator("#play").click()
    expect(transport).to_have_attribute("data-playing", "false")
    desk.wait_until(lambda: is_silent(desk))


def is_silent(desk: Desk) -> bool:
    """For a third of a second of the sound's own clock."""
    desk.page.evaluate("() => window.ear.reset()")
    start = desk.heard()["clock"]
    desk.page.wait_for_function("start => window.ear.heard().clock > start + 0.3", arg=start)
    return bool(desk.heard()["peak"] < LEAST_PEAK)


def edits_a_note_in_the_roll(desk: Desk) -> list[tuple[int, int, int, int]]:
    """Drag a note a few lanes up."""
    before, revision = desk.notes(), desk.view()["revision"]
    x, y = desk.note_in_roll()
    desk.page.mouse.move(x + 2, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x + 2, y - 20)
    desk.page.mouse.move(x + 2, y - 40, steps=4)
    desk.page.mouse.up()
    after = note_rows(desk.wait_for_revision(revision))
    gone, fresh = set(before) - set(after), set(after) - set(before)
    assert len(gone) == len(fresh) == 1
    (part, onset, duration, was), (*same, now) = gone.pop(), fresh.pop()
    assert [part, onset, duration] == same and now > was
    return after


def infills_a_bar(desk: Desk, before: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Mark a bar in the score and have it written anew; the other bars stay."""
    from playwright.sync_api import expect

    view = desk.view()
    bar = view["bars"][1]
    desk.page.locator("[data-verb=infill]").click()
    desk.select_bar(1)
    expect(desk.page.locator("#selection-says")).to_contain_text(f"bar {bar['number']}")
    desk.page.locator("#go").click()
    desk.take_button().wait_for(timeout=60_000)
    desk.look("infilled-candidates")
    desk.take(view["revision"])
    after = desk.notes()

    def outside(notes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
        """What sounds before the bar and after it: of a note that is held into it or out of it, what lies there."""
        edges = [(0, bar["tick"]), (bar["end"], view["end"])]
        spans = [(p, max(o, start), min(o + d, end), k) for p, o, d, k in notes for start, end in edges]
        return sorted(span for span in spans if span[1] < span[2])

    assert outside(after) == outside(before)
    assert after != before
    return after


def undoes_and_redoes(
    desk: Desk, before: list[tuple[int, int, int, int]], after: list[tuple[int, int, int, int]]
) -> None:
    """By button and by key."""
    revision = desk.view()["revision"]
    desk.page.locator("#undo").click()
    assert note_rows(desk.wait_for_revision(revision)) == before
    revision = desk.view()["revision"]
    desk.press("Control+Shift+Z")
    assert note_rows(desk.wait_for_revision(revision)) == after


def test_a_piece_composed_anew_bears_its_own_title_unless_somebody_gave_it_one(desk: Desk) -> None:
    titles = []
    for ensemble in ("choir", "keyboard"):
        desk.compose(bars=2, ensemble=ensemble)
        titles.append(desk.view()["title"].partition(" in ")[0])
    assert titles == ["Chorale", "Keyboard piece"]
    desk.page.locator("#title").fill("Mine")
    desk.press("Enter")
    desk.page.wait_for_function("() => document.title.startsWith('Mine')")
    desk.compose(bars=2)
    assert desk.view()["title"] == "Mine"


def test_a_candidate_is_seen_and_heard_while_it_is_still_being_made(desk: Desk) -> None:
    desk.page.get_by_label("Bars", exact=True).fill("32")
    desk.page.locator("#go").click()
    desk.page.wait_for_function(
        """() => {
          const card = document.querySelector(".card");
          const listen = card?.querySelector("[aria-label^=Listen]");
          return listen && !listen.disabled && card.querySelector(".take").disabled && (listen.click(), true);
        }""",
        timeout=60_000,
    )
    desk.page.wait_for_function("() => window.ear.heard().peak > 0.01")
    assert desk.page.locator(".take").first.is_disabled(), "it sounded only when it was done"
    desk.look("heard-while-made")


def test_a_broken_file_that_is_dropped_says_in_one_line_what_is_wrong_with_it(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.refusals = (422,)
    before = desk.notes()
    # The header says that a track of 100 bytes follows; it is cut off after four.
    drop(desk, "broken.mid", b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x60MTrk\x00\x00\x00\x64\x00\x90\x3c\x40")
    alert = desk.page.locator("#toast [role=alert]")
    expect(alert).to_be_visible()
    said = alert.inner_text().strip()
    assert said.startswith("broken.mid") and "\n" not in said and 20 < len(said) < 300, said
    desk.look("broken-file")
    assert desk.notes() == before
    alert.get_by_role("button", name="Close this message").click()
    expect(alert).to_have_count(0)


def test_a_file_that_is_dropped_becomes_the_piece(desk: Desk) -> None:
    drop(desk, "tune.abc", b"X:1\nT:Tune\nM:4/4\nL:1/4\nK:G\nG A B c | d4 |\n")
    desk.page.wait_for_function("() => document.getElementById('title').value === 'Tune'")
    assert [note[3] for note in desk.notes()] == [67, 69, 71, 72, 74]


def drop(desk: Desk, name: str, data: bytes) -> None:
    """Drag a file over the page and let it go."""
    held = desk.page.evaluate_handle(
        """([name, bytes]) => {
          const held = new DataTransfer();
          held.items.add(new File([new Uint8Array(bytes)], name));
          return held;
        }""",
        [name, list(data)],
    )
    for event in ("dragenter", "dragover", "drop"):
        desk.page.dispatch_event(".desk", event, {"dataTransfer": held})


def test_without_a_mouse_one_composes_takes_plays_edits_and_undoes(desk: Desk) -> None:
    from playwright.sync_api import expect

    page = desk.page
    revision = desk.view()["revision"]
    tab_to(desk, "#wish-bars")
    desk.press("Control+A")
    page.keyboard.type("4")
    tab_to(desk, "#go")
    desk.press("Enter")
    desk.take_button().wait_for(timeout=60_000)
    tab_to(desk, ".take")
    desk.press("Enter")
    desk.wait_for_revision(revision)
    expect(page.locator("#roll")).to_be_focused()

    before, revision = desk.notes(), desk.view()["revision"]
    desk.press("ArrowRight", "ArrowUp")
    after = note_rows(desk.wait_for_revision(revision))
    gone, fresh = set(before) - set(after), set(after) - set(before)
    assert [note[3] + 1 for note in gone] == [note[3] for note in fresh] and len(gone) == 1
    assert page.locator("#says").inner_text().strip(), "what was done is said to those who listen"
    desk.press("Space")
    expect(page.locator("#transport")).to_have_attribute("data-playing", "true")
    page.wait_for_function("() => window.ear.heard().peak > 0.01")
    desk.press("Space")
    expect(page.locator("#transport")).to_have_attribute("data-playing", "false")
    revision = desk.view()["revision"]
    desk.press("Control+z")
    assert note_rows(desk.wait_for_revision(revision)) == before


def tab_to(desk: Desk, wanted: str) -> None:
    """Press Tab until it has the focus; where the focus is must be seen at every stop."""
    for _ in range(60):
        desk.press("Tab")
        if desk.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")
