"""A score in a notebook: page and player, bounded; and the tutorial, which is one."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from numpy.typing import NDArray
from page_scores import chorale, long_score

from stretto.errors import RenderError
from stretto.render import notebook
from stretto.render.notebook import HTML, MAX_SECONDS, MAX_SOUND_BYTES, TEXT
from stretto.render.performance import perform
from stretto.score.model import Score

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"

SVG = "{http://www.w3.org/2000/svg}"


def shown(thing: Any) -> tuple[str, list[Element], list[tuple[str, bytes]]]:
    """The HTML of a thing, its pages as elements, its sounds with their media types."""
    bundle = thing._repr_mimebundle_()
    assert set(bundle) == {TEXT, HTML}
    tree = ElementTree.fromstring(bundle[HTML])
    pages = [data_of(each.attrib["src"]) for each in tree.iter("img")]
    assert {kind for kind, _ in pages} <= {"image/svg+xml"}
    return bundle[HTML], [ElementTree.fromstring(data) for _, data in pages], [
        data_of(each.attrib["src"]) for each in tree.iter("audio")
    ]  # fmt: skip


def data_of(uri: str) -> tuple[str, bytes]:
    found = re.fullmatch(r"data:([a-z/+]+);base64,(.*)", uri)
    assert found is not None
    return found[1], base64.b64decode(found[2], validate=True)


def heard(data: bytes) -> tuple[NDArray[np.float32], float]:
    """Samples of a sound and its seconds."""
    soundfile = pytest.importorskip("soundfile")
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return samples, len(samples) / rate


def test_a_score_shows_as_page_and_player() -> None:
    score = chorale(title="A <Hymn> & more")
    html, pages, sounds = shown(score)
    assert score._repr_mimebundle_(include=[TEXT])[TEXT].startswith(
        "Score “A <Hymn> & more”: Soprano, Alto, Tenor, Bass; "
    )
    assert [page.tag for page in pages] == [f"{SVG}svg"]
    assert len(list(pages[0].iter(f"{SVG}use"))) > 40
    assert 'controls="controls"' in html
    ((kind, data),) = sounds
    samples, seconds = heard(data)
    assert kind == "audio/ogg"
    assert 0.3 < seconds - perform(score).seconds < 3.0
    assert np.abs(samples).max() > 0.1


def test_a_page_is_as_high_as_its_music() -> None:
    _, pages, _ = shown(chorale())
    _, _, width, height = map(float, pages[0].attrib["viewBox"].split())
    assert width == 21_000
    assert height < 15_000


def test_a_long_piece_is_bounded_and_says_so() -> None:
    """The whole lasts six minutes, on more than three pages."""
    html, pages, sounds = shown(long_score(150))
    assert len(pages) == 2
    assert re.search(r"the first 2 of [45] pages", html)
    assert len(sounds[0][1]) <= MAX_SOUND_BYTES
    _, seconds = heard(sounds[0][1])
    said = re.search(r"the first (\d+) of 360 seconds", html)
    assert said is not None and seconds - 3 < float(said[1]) <= MAX_SECONDS
    assert len(html) < 2_600_000


def test_without_vorbis_the_sound_is_a_small_wav(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_ogg(samples: NDArray[np.float32], rate: int, suffix: str) -> bytes:
        if suffix == ".ogg":
            raise RenderError("this machine's libsndfile writes no .ogg")
        return encode(samples, rate, suffix)

    encode = notebook.encode
    monkeypatch.setattr(notebook, "encode", no_ogg)
    score = long_score(20)
    html, _, ((kind, data),) = shown(score)
    samples, seconds = heard(data)
    assert kind == "audio/wav"
    assert len(data) <= MAX_SOUND_BYTES
    assert samples.shape[1] == 1 and np.abs(samples).max() > 0.1
    assert f"the first {notebook.WAV_SECONDS:.0f} of {perform(score).seconds:.0f} seconds" in html
    assert seconds < notebook.WAV_SECONDS + 3


def test_what_cannot_be_drawn_or_heard_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise RenderError("verovio <died>")

    html, pages, sounds = shown(Score.build([]))
    assert not pages and not sounds
    assert "no page: " in html and "no sound: " in html
    monkeypatch.setattr(notebook, "render_pages", refuse)
    html, pages, sounds = shown(chorale())
    assert not pages and len(sounds) == 1
    assert "no page: verovio &lt;died&gt;" in html


def test_nothing_is_drawn_for_who_asks_for_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython in a terminal asks as a notebook does."""
    formatter = types.SimpleNamespace(active_types=[TEXT])
    shell = types.SimpleNamespace(display_formatter=formatter)
    assert set(chorale()._repr_mimebundle_(include=[TEXT])) == {TEXT}
    assert set(chorale()._repr_mimebundle_(exclude=[HTML])) == {TEXT}
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))  # type: ignore[arg-type]
    assert set(chorale()._repr_mimebundle_()) == {TEXT}


def test_a_score_loads_no_renderer_before_it_is_shown() -> None:
    code = "import sys, stretto.score.model, stretto.verbs; print([m for m in sys.modules if 'render.notebook' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_the_tutorial_is_a_notebook_without_outputs() -> None:
    book = json.loads(TUTORIAL.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in book["cells"]]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", name) for name in names)
    for cell in book["cells"]:
        rest = {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | rest
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_every_cell_of_the_tutorial_runs_and_shows_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cells = [cell for cell in json.loads(TUTORIAL.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    assert len(cells) == 5
    for cell in cells:
        *body, last = ast.parse("".join(cell["source"])).body
        assert isinstance(last, ast.Expr)
        exec(compile(ast.Module(body, type_ignores=[]), cell["id"], "exec"), names)
        _, pages, sounds = shown(eval(compile(ast.Expression(last.value), cell["id"], "eval"), names))
        assert len(pages) == 1
        assert np.abs(heard(sounds[0][1])[0]).max() > 0.1
    assert len(names["longer"].score.bars) == len(names["hymn"].score.bars) + 4
    assert list(tmp_path.iterdir()) == []
