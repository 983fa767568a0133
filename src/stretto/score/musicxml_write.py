"""MusicXML out: a Score as a partwise MusicXML 4.0 document, plain or zipped.

Tied notes are split at barlines and where no single value fits; every staff is filled with
rests; what is written of our own accord carries an `id` that the reader knows, so that
writing and reading change nothing.
"""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from stretto.score.model import Notice, Score
from stretto.score.musicxml_element import clean
from stretto.score.musicxml_head_write import write_info, write_part_list
from stretto.score.musicxml_part_write import PartWriter
from stretto.score.musicxml_voices import frames
from stretto.score.tally import Tally

_PROLOGUE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container><rootfiles><rootfile full-path="score.musicxml" '
    'media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n'
)


def write_musicxml(score: Score) -> tuple[bytes, tuple[Notice, ...]]:
    """A partwise MusicXML 4.0 document in UTF-8, and what it could not hold.

    Source: MusicXML 4.0, W3C Music Notation Community Group, 2021.
    """
    tally = Tally()
    root = Element("score-partwise", version="4.0")
    write_info(root, score.info)
    drums = {
        index: sorted({int(note["pitch"]) for note in score.notes[score.notes["part"] == index]})
        for index, part in enumerate(score.parts)
        if part.percussion
    }
    write_part_list(root, score.parts, drums)
    bars = frames(score)
    for index in range(len(score.parts)):
        root.append(PartWriter(score, index, bars, tally).element())
    _check_numbers(score, tally)
    n_forbidden = _clean(root)
    if n_forbidden:
        tally.add("control characters left out of texts", count=n_forbidden)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return (_PROLOGUE + text + "\n").encode("utf-8"), tally.notices()


def write_mxl(score: Score) -> tuple[bytes, tuple[Notice, ...]]:
    """The same document in a zip, as MuseScore and its like open it; the same score gives the same bytes."""
    data, notices = write_musicxml(score)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("META-INF/container.xml", _CONTAINER.encode("utf-8")), ("score.musicxml", data)):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue(), notices


def _check_numbers(score: Score, tally: Tally) -> None:
    """Count bars whose number a reader, who counts for himself, will not give them."""
    previous: int | None = None
    for bar in score.bars:
        if previous is not None and bar.number not in (previous, previous + 1):
            tally.add("bar numbers that do not count on", f"bar {bar.number}")
        previous = bar.number


def _clean(root: Element) -> int:
    n_forbidden = 0
    for element in root.iter():
        if element.text and not element.text.isalnum():
            element.text, n_cut = clean(element.text)
            n_forbidden += n_cut
        for name, value in element.attrib.items():
            if not value.isalnum():
                element.attrib[name], n_cut = clean(value)
                n_forbidden += n_cut
    return n_forbidden
