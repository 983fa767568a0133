"""What is downloaded in the browser, read by other programs, is the piece."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk
    from playwright.sync_api import Locator

TICKS_PER_QUARTER = 24

KINDS = {"pdf": b"%PDF-", "wav": b"RIFF", "png": b"\x89PNG"}
"""With the bytes that such a file begins with."""


def downloaded(desk: Desk, kind: str, folder: Path) -> Path:
    """By the menu, as a person does."""
    desk.page.locator("#download").click()
    with desk.page.expect_download(timeout=60_000) as got:
        desk.page.locator(f"#downloads [data-kind={kind}]").click()
    path = folder / got.value.suggested_filename
    got.value.save_as(path)
    return path


def test_a_composed_piece_downloads_as_musicxml_that_music21_reads_as_the_same_notes(
    desk: Desk, tmp_path: Path
) -> None:
    music21 = pytest.importorskip("music21")
    desk.compose(bars=4)
    path = downloaded(desk, "musicxml", tmp_path)
    assert path.suffix == ".musicxml"
    read = music21.converter.parse(path, forceSource=True)
    view = desk.view()
    assert [part.partName for part in read.parts] == [part["name"] for part in view["parts"]]
    assert notes_of(read) == in_quarters(desk.notes())


def notes_of(read: Any) -> list[tuple[int, float, float, int]]:
    """Part, onset, duration and pitch as music21 has them, ties counted as one note."""
    found = []
    for number, part in enumerate(read.parts):
        for element in part.stripTies().flatten().notes:
            onset, duration = float(element.offset), float(element.quarterLength)
            found += [(number, onset, duration, pitch.midi) for pitch in element.pitches]
    return sorted(found)


def in_quarters(notes: list[tuple[int, int, int, int]]) -> list[tuple[int, float, float, int]]:
    quarter = TICKS_PER_QUARTER
    return [(part, onset / quarter, duration / quarter, pitch) for part, onset, duration, pitch in notes]


def test_a_composed_piece_downloads_as_midi_whose_tracks_have_the_names_of_the_parts(
    desk: Desk, tmp_path: Path
) -> None:
    midi = pytest.importorskip("music21.midi")
    desk.compose(bars=4)
    file = midi.MidiFile()
    file.open(str(downloaded(desk, "midi", tmp_path)))
    file.read()
    file.close()
    tracks = [track for track in file.tracks if any(event.isNoteOn() for event in track.events)]
    names = [
        next(event.data.decode() for event in track.events if event.type == midi.MetaEvents.SEQUENCE_TRACK_NAME)
        for track in tracks
    ]
    assert names == [part["name"] for part in desk.view()["parts"]]
    struck = [
        sorted(event.pitch for event in track.events if event.isNoteOn() and event.velocity > 0) for track in tracks
    ]
    pitches = [sorted(note[3] for note in desk.notes() if note[0] == part) for part in range(len(names))]
    assert struck == pitches


def test_page_sound_and_picture_download_under_the_title_of_the_piece(desk: Desk, tmp_path: Path) -> None:
    desk.compose(bars=2)
    desk.page.locator("#title").fill("Sunday evening")
    desk.press("Enter")
    desk.page.wait_for_function("() => document.title.startsWith('Sunday evening')")
    for kind, magic in KINDS.items():
        path = downloaded(desk, kind, tmp_path)
        assert path.name == f"Sunday evening.{kind}"
        assert path.read_bytes().startswith(magic)


def test_a_candidate_is_dragged_out_as_midi_with_named_tracks_or_downloaded_by_a_click(
    desk: Desk, tmp_path: Path
) -> None:
    from desk import COMPOSED_MS

    desk.page.get_by_label("Bars", exact=True).fill("2")
    desk.page.locator("#go").click()
    handle = desk.page.locator(".card").first.locator(".drag")
    handle.wait_for(timeout=COMPOSED_MS)
    kind, name, address = dragged_out(handle).split(":", 2)
    assert (kind, Path(name).suffix) == ("audio/midi", ".mid")
    dragged = desk.page.request.get(address).body()
    for part in (b"Soprano", b"Alto", b"Tenor", b"Bass"):
        assert part in dragged
    with desk.page.expect_download() as got:
        handle.click()
    path = tmp_path / "candidate.mid"
    got.value.save_as(path)
    assert path.read_bytes() == dragged


def dragged_out(handle: Locator) -> str:
    """What a browser is given to make a file of: media type, name and address."""
    told: str = handle.evaluate(
        """own => {
          const held = new DataTransfer();
          own.dispatchEvent(new DragEvent("dragstart", { dataTransfer: held, bubbles: true, cancelable: true }));
          return held.getData("DownloadURL");
        }"""
    )
    return told
