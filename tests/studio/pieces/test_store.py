"""Keeping pieces: history, undo across restarts, workspaces apart, and a kill that loses nothing acknowledged."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import RequestError, ScoreWriteError
from stretto.score.model import Part, Score
from stretto.score.sketch import sketch
from stretto.studio.pieces import store as store_module
from stretto.studio.pieces.documents import Document, document_of
from stretto.studio.pieces.store import BLANK, CannotKeep, StaleRevision, Store, UnknownPiece

N_KILLS = 50

# Forks a writer that says each revision once it is kept, kills it after some, and looks for all of them.
KILLER = """
import os, signal, sys
from pathlib import Path
from stretto.score.model import Part, Score
from stretto.studio.pieces.documents import document_of
from stretto.studio.pieces.store import Store

path, n_kills = Path(sys.argv[1]), int(sys.argv[2])

def piece(n):
    return document_of(Score.build([(24 * i, 24, 60 + n % 40, 0, 0, 1, 1, 0, 0) for i in range(40)], [Part()]))

first = Store(path)
opened = first.create("w", "tune", piece(0))
id, said = opened.entry.id, opened.entry.revision
first.close()
for kill in range(n_kills):
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        store, revision = Store(path), said
        while True:
            revision = store.commit("w", id, revision, piece(revision + 1)).entry.revision
            os.write(into, b"%d " % revision)
    os.close(into)
    said_now = b""
    while said_now.count(b" ") < 1 + kill % 4:
        said_now += os.read(out, 100)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(out, 4096):
        said_now += more
    os.close(out)
    acknowledged = [int(word) for word in said_now.split()]
    store = Store(path)
    opened = store.open("w", id)
    # One more may have been kept, of which the word was cut off.
    assert opened.entry.revision in (acknowledged[-1], acknowledged[-1] + 1), (opened.entry, acknowledged)
    said = opened.entry.revision
    while opened.can_undo and opened.entry.revision > max(1, said - 8):
        revision = opened.entry.revision
        assert opened.document.score == piece(revision if revision > 1 else 0).score
        opened = store.undo("w", id, revision)
        assert opened.entry.revision == revision - 1
    while opened.can_redo:
        opened = store.redo("w", id, opened.entry.revision)
    assert opened.entry.revision == said
    assert store._base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
print(f"{said} revisions")
"""


def piece(pitch: int = 60) -> Document:
    return document_of(Score.build(sketch(f"{pitch} | x---", step=24), [Part()]))


@pytest.fixture
def kept(tmp_path: Path):  # type: ignore[no-untyped-def]
    store = Store(tmp_path / "data" / "studio.sqlite3")
    yield store
    store.close()


def pitch_of(opened: store_module.Opened) -> int:
    return int(opened.document.score.notes["pitch"][0])


def test_undo_and_redo_go_along_the_history_and_outlast_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    store = Store(path)
    opened = store.create("w", "Tune", piece(60))
    id = opened.entry.id
    for pitch in (61, 62):
        opened = store.commit("w", id, opened.entry.revision, piece(pitch))
    opened = store.undo("w", id, opened.entry.revision)
    assert (pitch_of(opened), opened.can_undo, opened.can_redo) == (61, True, True)
    store.close()

    store = Store(path)
    opened = store.open("w", id)
    assert (pitch_of(opened), opened.can_undo, opened.can_redo) == (61, True, True)
    opened = store.redo("w", id, opened.entry.revision)
    assert (pitch_of(opened), opened.can_redo) == (62, False)
    opened = store.redo("w", id, opened.entry.revision)
    assert pitch_of(opened) == 62
    for _ in range(5):
        opened = store.undo("w", id, opened.entry.revision)
    assert (pitch_of(opened), opened.can_undo) == (60, False)
    store.close()


def test_an_edit_after_undo_has_a_number_that_no_other_state_ever_had(kept: Store) -> None:
    first = kept.create("w", "Tune", piece(60))
    id = first.entry.id
    second = kept.commit("w", id, first.entry.revision, piece(61))
    back = kept.undo("w", id, second.entry.revision)
    third = kept.commit("w", id, back.entry.revision, piece(62))
    assert third.entry.revision > second.entry.revision
    assert not third.can_redo
    with pytest.raises(StaleRevision, match="changed elsewhere"):
        kept.commit("w", id, second.entry.revision, piece(63))
    assert pitch_of(kept.undo("w", id, third.entry.revision)) == 60
    assert pitch_of(kept.redo("w", id, first.entry.revision)) == 62


def test_a_workspace_does_not_see_the_pieces_of_another(kept: Store) -> None:
    id = kept.create("mine", "Tune", piece()).entry.id
    assert kept.pieces("yours") == []
    for act in (
        lambda: kept.open("yours", id),
        lambda: kept.commit("yours", id, 1, piece()),
        lambda: kept.undo("yours", id, 1),
        lambda: kept.rename("yours", id, "x"),
        lambda: kept.delete("yours", id),
    ):
        with pytest.raises(UnknownPiece):
            act()
    assert [entry.title for entry in kept.pieces("mine")] == ["Tune"]


def test_a_piece_can_be_renamed_and_deleted_with_its_history(kept: Store) -> None:
    id = kept.create("w", "Tune", piece()).entry.id
    assert kept.rename("w", id, " A\nb\x00 " + "x" * 999).entry.title == "A b " + "x" * 196
    assert kept.rename("w", id, "\n").entry.title == "Untitled"
    kept.delete("w", id)
    assert kept.pieces("w") == []
    assert kept._base.execute("SELECT count(*) FROM revisions").fetchone() == (0,)


def test_the_oldest_states_go_when_there_are_too_many(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_REVISIONS", 4)
    opened = kept.create("w", "Tune", piece(60))
    for pitch in range(61, 70):
        opened = kept.commit("w", opened.entry.id, opened.entry.revision, piece(pitch))
    n_back = 0
    while opened.can_undo:
        opened = kept.undo("w", opened.entry.id, opened.entry.revision)
        n_back += 1
    assert (n_back, pitch_of(opened)) == (3, 66)


def test_an_edit_after_many_undos_can_itself_be_undone(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the place of what was undone, and pushes nothing out that leads back from it."""
    monkeypatch.setattr(store_module, "MAX_REVISIONS", 4)
    opened = kept.create("w", "Tune", piece(60))
    id = opened.entry.id
    for pitch in (61, 62, 63):
        opened = kept.commit("w", id, opened.entry.revision, piece(pitch))
    while opened.can_undo:
        opened = kept.undo("w", id, opened.entry.revision)
    opened = kept.commit("w", id, opened.entry.revision, piece(70))
    assert kept._base.execute("SELECT number FROM revisions ORDER BY number").fetchall() == [(1,), (5,)]
    back = kept.undo("w", id, opened.entry.revision)
    assert (pitch_of(back), back.can_redo) == (60, True)
    assert pitch_of(kept.redo("w", id, back.entry.revision)) == 70


@pytest.mark.parametrize(
    ("limit", "most"), [("MAX_PIECES", 1), ("MAX_WORKSPACE_BYTES", 300), ("MAX_REVISION_BYTES", 20)]
)
def test_more_than_fits_is_refused_in_one_line(
    kept: Store, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(store_module, limit, most)
    with pytest.raises(RequestError) as caught:
        for _ in range(3):
            kept.create("w", "Tune", piece())
    assert "\n" not in str(caught.value)
    assert kept.create("v", "Tune", piece()) if limit == "MAX_PIECES" else True


@pytest.mark.parametrize("what", ["not a database", "torn", "cut"])
def test_a_damaged_file_is_moved_aside_and_never_deleted(tmp_path: Path, what: str) -> None:
    path = tmp_path / "studio.sqlite3"
    store = Store(path)
    for _ in range(30):
        store.create("w", "Tune", piece())
    store.close()
    data = path.read_bytes()
    ruined = {"not a database": b"no" * 5000, "torn": data[:4096] + b"x" * 8192 + data[12288:], "cut": data[:9000]}[
        what
    ]
    path.write_bytes(ruined)
    path.with_name("studio-damaged-1.sqlite3").write_bytes(b"an older one")

    store = Store(path)
    assert store.moved == tmp_path / "studio-damaged-2.sqlite3"
    assert store.moved.read_bytes()[:4000] == ruined[:4000]
    assert store.pieces("w") == []
    assert store.create("w", "Tune", piece()).entry.revision == 1
    store.close()
    store = Store(path)
    assert (store.moved, len(store.pieces("w"))) == (None, 1)
    store.close()


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ScoreWriteError, match="pieces cannot be kept") as caught:
        Store(tmp_path / "file" / "studio.sqlite3")
    assert "\n" not in str(caught.value)


def test_on_a_full_disk_nothing_is_half_kept_and_what_there_is_can_be_opened(kept: Store) -> None:
    opened = kept.create("w", "Tune", piece(60))
    n_pages = kept._base.execute("PRAGMA page_count").fetchone()[0]
    kept._base.execute(f"PRAGMA max_page_count = {n_pages}")
    big = document_of(Score.build([(24 * i, 24, 30 + i * 7 % 90, 0, 0, 1, 1, 0, 0) for i in range(9000)], [Part()]))
    with pytest.raises(CannotKeep, match="full") as caught:
        kept.commit("w", opened.entry.id, 1, big)
    assert caught.value.status == 507
    assert str(kept._path.parent) not in str(caught.value)
    assert kept.open("w", opened.entry.id).entry.revision == 1
    kept._base.execute(f"PRAGMA max_page_count = {2**30}")
    assert kept.commit("w", opened.entry.id, 1, big).entry.revision == 2


def test_a_store_of_another_version_is_left_alone(tmp_path: Path, kept: Store) -> None:
    kept._base.execute("PRAGMA user_version = 99")
    with pytest.raises(ScoreWriteError, match="a newer version"):
        Store(kept._path)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")
def test_nobody_else_can_read_the_pieces(kept: Store) -> None:
    assert kept._path.stat().st_mode & 0o077 == 0
    assert kept._path.parent.stat().st_mode & 0o077 == 0


def test_of_two_edits_at_once_on_one_state_one_is_kept(kept: Store) -> None:
    opened = kept.create("w", "Tune", piece())
    outcomes: list[str] = []

    def write() -> None:
        try:
            kept.commit("w", opened.entry.id, 1, piece(61))
            outcomes.append("kept")
        except StaleRevision:
            outcomes.append("stale")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] + ["stale"] * 7


def test_two_studios_that_begin_at_once_make_one_file(tmp_path: Path) -> None:
    """As where the icon was clicked twice."""
    path, found = tmp_path / "studio.sqlite3", list[Store]()
    threads = [threading.Thread(target=lambda: found.append(Store(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    id = found[0].create("w", "Tune", piece()).entry.id
    assert found[1].open("w", id).entry.title == "Tune"
    for store in found:
        store.close()


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_a_kill_at_any_moment_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLER, str(tmp_path / "studio.sqlite3"), str(N_KILLS)],
        capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > N_KILLS


def test_a_piece_is_blank_until_somebody_writes_in_it_or_names_it_and_goes_when_it_is_old(
    kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = document_of(Score.build([], [Part()], end=96))
    blank, named, written, undone = (kept.create("w", "", empty, label=BLANK).entry.id for _ in range(4))
    kept.rename("w", named, "Mine")
    kept.commit("w", written, 1, piece())
    kept.undo("w", undone, kept.commit("w", undone, 1, piece()).entry.revision)
    typed = kept.create("w", "", piece(), label="new").entry.id
    assert {entry.id for entry in kept.pieces("w") if entry.blank} == {blank}
    kept.create("other", "", empty, label=BLANK)
    monkeypatch.setattr(store_module, "BLANK_SECONDS", -60)
    kept.create("w", "", piece())
    assert {named, written, undone, typed} < {entry.id for entry in kept.pieces("w")}
    assert blank not in {entry.id for entry in kept.pieces("w")} and len(kept.pieces("other")) == 1
