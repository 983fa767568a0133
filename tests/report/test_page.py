from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from drawn_pieces import LINES, choir, hymn

import stretto
from stretto.errors import CorpusError, RequestError, ScoreWriteError
from stretto.render.markup import html_of, node, picture
from stretto.report.glossary import with_glossary
from stretto.report.measured import measure_score
from stretto.report.report import Report, report


class Tags(HTMLParser):
    """Every element with its attributes, and whether each that opens is closed."""

    VOID = ("meta", "img", "br", "hr", "input", "link")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(page: str) -> Tags:
    parser = Tags()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def alone() -> Report:
    return report(hymn(title="A <hymn> & more"))


@pytest.fixture(scope="module")
def folder() -> Report:
    odd = choir(LINES[0].replace("A4:2", "D#5:2"), *LINES[1:], key="G major", fermatas=(6, 14))
    two = choir(LINES[0], LINES[3], key="G major", info={"title": "Duet"})
    return report([hymn(), odd, two], audio=False)


def test_a_page_asks_nothing_of_any_network(alone: Report, folder: Report) -> None:
    for page in (alone.html(), folder.html()):
        loads = [value for _, attrs in tags(page).found for key, value in attrs.items() if key in ("src", "href")]
        assert loads
        assert all(value and value.startswith(("data:", "#")) for value in loads)
        assert "@import" not in page
        assert not re.search(r"url\((?!data:)", page)


def test_every_picture_says_what_it_shows_and_every_heading_of_a_table_its_scope(alone: Report) -> None:
    found = tags(alone.html()).found
    assert all(attrs.get("alt") for tag, attrs in found if tag == "img")
    assert all(attrs.get("aria-label") and attrs["role"] == "img" for tag, attrs in found if tag == "svg")
    assert all(attrs.get("scope") for tag, attrs in found if tag == "th")
    assert all(attrs.get("aria-label") for tag, attrs in found if tag == "audio")
    assert {"svg", "img", "audio", "table", "caption"} <= {tag for tag, _ in found}
    assert dict(found)["html"] == {"lang": "en"}


def test_ids_are_given_once_and_links_lead_to_them(folder: Report) -> None:
    found = tags(folder.html()).found
    ids = [attrs["id"] for _, attrs in found if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {str(attrs["href"])[1:] for tag, attrs in found if tag == "a"} <= set(ids)


def test_what_a_title_holds_is_text_and_not_markup(alone: Report) -> None:
    page = alone.html()
    assert "<hymn>" not in page
    assert "A &lt;hymn&gt; &amp; more" in page


def test_both_questions_are_answered_first_and_with_their_caveats(alone: Report) -> None:
    page = alone.html()
    good, mine = alone.answers
    assert (good.question, mine.question) == ("Is it any good?", "Is it mine?")
    assert page.index("Is it any good?") < page.index("Is it mine?") < page.index("The piece")
    assert "No figure here hears beauty" in good.caveat
    assert "cannot be found" in mine.caveat


def test_every_figure_of_a_measure_stands_beside_real_music(alone: Report) -> None:
    said = alone.as_json()
    assert said["reference"]["pieces"] > 100
    for name, measure in said["measures"].items():
        assert measure["verdict"], name
        assert measure["real"]["pieces"] > 0, name
        assert measure["says"], name


def test_the_same_wish_gives_the_same_page(alone: Report) -> None:
    assert report(hymn(title="A <hymn> & more")).html() == alone.html()


def test_json_holds_no_number_that_json_does_not_have(folder: Report) -> None:
    said = json.loads(json.dumps(folder.as_json(), allow_nan=False))
    duet = said["pieces"][2]
    assert duet["title"] == "Duet"
    assert duet["values"]["network.nats_per_note"] is None
    assert "no alto, tenor" in duet["unmeasured"]["likelihood"]
    assert duet["values"]["pitch.range"] == 74 - 43
    hymn_said = said["pieces"][0]
    assert len(hymn_said["surprise"]["notes"]) == hymn_said["notes"]
    assert said["measures"]["network.nats_per_note"]["pieces"] == 2


def test_what_could_not_be_measured_is_said_on_the_page() -> None:
    page = report(choir(LINES[0], LINES[3], key="G major"), audio=False).html()
    assert "Not measured: only 2 of the four voices that the network foresees are there: no alto, tenor." in page


def test_a_folder_is_a_table_of_pieces_that_can_be_sorted(folder: Report) -> None:
    page = folder.html()
    rows = re.findall(r'<th scope="row"><a href="#piece-\d+">', page)
    assert len(rows) == 3
    assert 'class="sortable"' in page
    assert "<audio" not in page


def test_pieces_are_set_beside_a_folder_and_not_beside_themselves(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i:02}.musicxml" for i in range(32)]
    for i, path in enumerate(paths):
        stretto.write_score(hymn(title=f"Hymn {i}"), path)
    found = report([paths[0], paths[1]], against=tmp_path, audio=False)
    assert found.found.reference.n_pieces == 30
    assert found.notes[0].startswith("2 files of the pieces stood in what they are set beside")
    same = report(paths[:2], against=paths[:2], audio=False)
    assert same.found.reference.n_pieces == 2
    assert "each is compared with itself too" in same.notes[0]


def test_files_that_cannot_be_read_are_listed_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.mid").write_bytes(b"hello")
    stretto.write_score(hymn(), tmp_path / "good.musicxml")
    found = report(tmp_path, audio=False)
    assert [(s.path.name, "not a MIDI file" in s.why) for s in found.unread] == [("bad.mid", True)]
    assert "bad.mid" in found.html()
    assert "not a MIDI file" in found.as_json()["unread"][0]["why"]


def test_nothing_to_report_on_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.mid").write_bytes(b"hello")
    with pytest.raises(CorpusError, match="none of 1 piece can be read; the first: "):
        report(tmp_path)
    with pytest.raises(RequestError, match="holds no notes with a pitch"):
        measure_score(choir("r:4"))


def test_a_page_is_written_whole_and_never_over_another(alone: Report, tmp_path: Path) -> None:
    alone.write(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == alone.html()
    with pytest.raises(ScoreWriteError, match="exists already"):
        alone.write(tmp_path / "page.html")
    with pytest.raises(ScoreWriteError, match=r"name a file ending in \.html"):
        alone.write(tmp_path / "page.pdf")


def test_the_library_calls_it_report_whatever_has_been_imported() -> None:
    import stretto.report.page

    assert callable(stretto.report)
    with pytest.raises(RequestError, match="no pieces are named"):
        stretto.report([])


def test_elements_escape_what_they_hold_and_round_their_numbers() -> None:
    made = html_of(node("p", "a < b", node("b", "c"), " & d", title='"x"', data_value=1.005, none=None))
    assert made == '<!doctype html>\n<p title="&quot;x&quot;" data-value="1">a &lt; b<b>c</b> &amp; d</p>\n'
    assert node("img", alt="caf\udce9\x00").attrib["alt"] == "caf\ufffd "
    assert picture(10, 20, "A dot").attrib["aria-label"] == "A dot"


def test_the_glossary_of_the_docs_is_that_of_the_catalogue() -> None:
    path = Path(__file__).parents[2] / "docs" / "report.md"
    document = path.read_text(encoding="utf-8")
    assert with_glossary(document) == document, "run scripts/report_glossary.py"
    with pytest.raises(ValueError, match="lacks the two marks"):
        with_glossary("nothing")
