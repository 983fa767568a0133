"""The part of a page that shows one piece: its score and sound, what comes back in it, its keys, its surprises."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

import numpy as np

from stretto.render.markup import node
from stretto.report.comparison import Comparison
from stretto.report.figures import counted, figure, listed
from stretto.report.measured import Measured, Portrait
from stretto.report.portraits import KeyStretch, draw_form, draw_keys, draw_surprise, legend
from stretto.report.surprise import Surprise
from stretto.report.tables import table
from stretto.score.model import UNSPELLED, Score
from stretto.theory.harmonies import Harmony
from stretto.theory.texture import note_name as spelled_name
from stretto.verbs.voicing import note_name

N_SURPRISES = 5
N_FINDINGS = 12
MAX_PHRASES = 24


def portrait_section(found: Comparison, index: int, *, alone: bool) -> Element:
    """All of one piece.

    Args:
        found: the pieces.
        index: which of them.
        alone: it is the only one, so its title stands on top of the page.
    """
    piece = found.pieces[index]
    made = node("section" if alone else "article", id=f"piece-{index + 1}")
    if alone:
        made.append(node("h2", "The piece"))
    else:
        made.append(node("h3", piece.name if piece.title == piece.name else f"{piece.title} ({piece.name})"))
    made.append(node("p", _facts(piece), class_="soft"))
    if piece.portrait is not None:
        made.extend(_looks(piece, piece.portrait, alone=alone))
        made.extend(_form_and_keys(piece, piece.portrait))
    made.extend(_surprises(piece, found.reference.bar_nats))
    made.extend(_findings(piece))
    if not alone:  # its name is a heading itself, under which the others stand
        for heading in list(made.iter("h3"))[1:]:
            heading.tag = "h4"
    return made


def _facts(piece: Measured) -> str:
    score = piece.score
    n_bars = sum(bar.number > 0 for bar in score.bars)
    meters = list(dict.fromkeys(f"{meter.numerator}/{meter.denominator}" for meter in score.meters))
    facts = [
        piece.name,
        str(piece.key),
        listed(meters, 3),
        counted(n_bars, "bar"),
        counted(len(score.notes), "note"),
        counted(len(score.parts), "part"),
        *piece.said,
    ]
    return " · ".join(fact for fact in facts if fact)


def _looks(piece: Measured, portrait: Portrait, *, alone: bool) -> list[Element]:
    made = []
    if portrait.sound is not None:
        sound = portrait.sound
        cut = sound.seconds < sound.of_seconds - 1
        said = f"the first {sound.seconds:.0f} of {sound.of_seconds:.0f} s" if cut else f"{sound.seconds:.0f} s"
        player = node("audio", controls="controls", preload="none", src=sound.uri, aria_label=f"{piece.title}, {said}")
        made += [player, node("p", f"{said}, played by the shipped instruments.", class_="caveat")]
    if portrait.pages:
        pages = [
            node("img", src=uri, alt=f"{piece.title}, page {i} of {portrait.n_pages}", loading="lazy")
            for i, uri in enumerate(portrait.pages, 1)
        ]
        made.append(node("div", *pages, class_="pages one" if len(pages) == 1 and alone else "pages"))
        if portrait.n_pages > len(pages):
            shown = f"The first {counted(len(pages), 'page')} of {portrait.n_pages}."
            made.append(node("p", shown, class_="caveat"))
    made += [node("p", f"Not shown: {lack}", class_="caveat") for lack in portrait.lacks]
    return made


def _form_and_keys(piece: Measured, portrait: Portrait) -> list[Element]:
    form, score = portrait.form, piece.score
    said = (
        "Each moment beside each other, from top left to bottom right: the darker, the more alike the pitch classes. "
        f"Dark lines beside the diagonal are passages that come back. Sections are parted {form.parted_by}: equal "
        "letters have the same outer voices, a stroke the same melody over another bass."
    )
    alt = f"Self-similarity of {piece.title}; sections {form.letters}"
    figure_of_form = node(
        "figure",
        draw_form(score, form, alt),
        node("figcaption", node("strong", f"Form: {form.letters}. "), said),
    )
    stretches = [
        KeyStretch(start=w.tick, end=w.end, name=_short(str(w.key)), fifths=w.key.fifths, minor=w.key.mode == "minor")
        for w in portrait.keys
    ]
    names = [name for name, _ in groupby(str(window.key) for window in portrait.keys)]
    path = listed(names, 12)
    pictures = [figure_of_form]
    if stretches:
        caption = node(
            "figcaption",
            node("strong", "Keys. "),
            f"From bar to bar: {path}. Higher means more sharps; a key and its relative stand on one line, minor in "
            "violet.",
        )
        keys = node("figure", draw_keys(score, stretches, f"Keys over time: {path}"), caption)
        pictures = [keys, *pictures]
    return [node("h3", "Form and keys"), *pictures, *_phrases(piece, portrait)]


def _phrases(piece: Measured, portrait: Portrait) -> list[Element]:
    """Each phrase with its chords and its cadence."""
    letters = {section.start: section.letter for section in portrait.form.sections}
    rows = []
    for i, found in enumerate(portrait.cadences[:MAX_PHRASES]):
        phrase = found.phrase
        chords = [h for h in portrait.harmonies if phrase.tick <= h.tick < phrase.end]
        first, last = (piece.score.bars[piece.score.bar_index(tick)].number for tick in (phrase.tick, phrase.end - 1))
        rows.append(
            node(
                "tr",
                node("th", letters.get(phrase.tick if i else 0, ""), scope="row"),
                node("td", f"{first}-{last}" if last != first else str(first), class_="where"),
                node("td", _named_by_key(chords), class_="numerals"),
                node("td", f"{found.name} in {found.key}" if found.name != "other" else "none with a name"),
            )
        )
    if not rows:
        return []
    said = "Phrases, with their chords in the key that is heard (read by rule: other readings may be as good)"
    return [table(said, ["", "bars", "chords", "cadence"], rows)]


def _named_by_key(chords: Sequence[Harmony]) -> str:
    """Numerals, each change of key named: "A: I vi I6 E: IV V7 I"."""
    said = []
    for key, own in groupby(chords, key=lambda harmony: str(harmony.key)):
        said.append(f"{_short(key)}: {' '.join(harmony.numeral for harmony in own)}")
    return "  ".join(said)


def _short(key: str) -> str:
    """A key in a few letters: "Bb", "f#".

    >>> _short("Bb major"), _short("F# minor")
    ('B♭', 'f♯')
    """
    name, _, mode = key.partition(" ")
    name = name[0] + name[1:].replace("#", "♯").replace("b", "♭")
    return name.lower() if mode == "minor" else name


def _surprises(piece: Measured, usual: tuple[float, float]) -> list[Element]:
    surprise = piece.surprise
    heading = node("h3", "Where the network was surprised")
    if surprise is None:
        return [
            heading,
            node("p", f"Not measured: {piece.unmeasured.get('likelihood', 'the network cannot hear it')}."),
        ]
    known = bool(np.isfinite(usual).all())
    alt = f"Piano-roll of {piece.title}, each note coloured by its surprise. {_most_surprising(piece.score, surprise)}"
    drawn = draw_surprise(piece.stretch, surprise, alt, usual if known else None)
    band = " The pale band is where nine of ten bars of real music lie." if known else ""
    said = (
        "Each note in the colour of its surprise, -ln of the probability that the network gave to it there; below, the "
        f"nats a quarter of every bar.{band}"
    )
    made = [heading, node("p", _most_surprising(piece.score, surprise))]
    if surprise.by_style:
        told = listed([f"{figure(nats)} for {name}" for name, nats in surprise.by_style.items()])
        made.append(
            node("p", f"Told a style, it needs {told}, in nats a note: it takes the piece for {surprise.style}.")
        )
    return [*made, legend(), node("figure", drawn, node("figcaption", said))]


def _most_surprising(score: Score, surprise: Surprise) -> str:
    said = []
    for i in np.argsort(-surprise.nats_N)[:N_SURPRISES].tolist():
        who, tick = surprise.voices[int(surprise.voice_N[i])], int(surprise.onset_N[i])
        note, seldom = _name(score, tick, int(surprise.pitch_N[i])), _rounded(float(np.exp(surprise.nats_N[i])))
        said.append(f"{who} {note} in {score.place(tick)} (one in {seldom})")
    return f"Least foreseen: {listed(said, N_SURPRISES)}." if said else "There are no notes."


def _rounded(value: float) -> str:
    """Two digits.

    >>> _rounded(34753.2), _rounded(12.6)
    ('35,000', '13')
    """
    return f"{float(f'{value:.2g}'):,.0f}"


def _name(score: Score, tick: int, pitch: int) -> str:
    """A note as the score spells it: "G#4"."""
    notes = score.notes
    own = notes[(notes["onset"] == tick) & (notes["pitch"] == pitch) & (notes["fifths"] != UNSPELLED)]
    if not len(own):
        return note_name(pitch)
    return spelled_name(pitch, int(own["fifths"][0]))


def _findings(piece: Measured) -> list[Element]:
    checked = piece.checked
    heading = node("h3", "By the rules of four-part writing")
    if checked is None:
        why = piece.unmeasured.get("rules")
        return [heading, node("p", f"Not checked: {why}.")] if why else []
    order = {"error": 0, "licence": 1, "remark": 2}
    graver = sorted(checked.findings, key=lambda finding: (order[finding.severity], finding.number))
    shown = [finding for finding in graver if finding.severity != "remark"][:N_FINDINGS]
    if not shown:
        return [heading, node("p", "No error and no licence.")]
    rows = [
        node(
            "tr",
            node("td", finding.severity, class_={"error": "bad", "licence": "warn"}.get(finding.severity)),
            node("td", f"bar {finding.bar}, beat {finding.beat}", class_="where"),
            node("td", finding.says, node("span", finding.fault.detail, class_="says")),
            node("td", finding.bach),
        )
        for finding in shown
    ]
    n_more = len(checked.findings) - len(shown)
    more = f"{n_more} more, remarks among them: stretto check names and marks them all." if n_more else ""
    said = "Errors first; how often Bach does the same stands beside each"
    return [heading, table(said, ["kind", "where", "rule", "Bach"], rows), node("p", more, class_="caveat")]
