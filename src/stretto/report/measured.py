"""One piece, measured: what a worker reads, counts and hears, and gives back."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from stretto.check.check import FOR_SINGERS, Checked, check_score
from stretto.check.sheet import load_sheet
from stretto.errors import RenderError, RequestError, StrettoError
from stretto.evaluate.evidence import Work, work_of
from stretto.evaluate.measures import measures
from stretto.evaluate.metrics.mgeval import features
from stretto.evaluate.metrics.reading import Floats
from stretto.evaluate.metrics.tally import Tally, tally
from stretto.evaluate.originality_report import OriginalityReport, originality_of
from stretto.evaluate.staff_originality import StaffOriginality, originality_of_staves
from stretto.render.drawing import Drawing, svg_of
from stretto.render.ink import ink_of
from stretto.report.distributions import Counts, distributions
from stretto.report.form import Form, form_of
from stretto.report.repertoires import Heard, as_unmeasured, fitting, fitting_counts, heard_of, without_end
from stretto.report.sound import Sound, sound_of
from stretto.report.staff_surprise import staff_surprise_of
from stretto.report.surprise import Surprise, surprise_of
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.cadence import PhraseCadence, cadences_of
from stretto.theory.harmonies import Harmony, harmonies
from stretto.theory.key import Tonality, estimate_key
from stretto.theory.key_windows import KeyWindow, key_windows
from stretto.theory.understand import understand

NATS_PER_NOTE = "network.nats_per_note"

UNUSUAL = 0.95
"""Share of real chorales that share less with the training music, from which a passage is told."""

MARGIN, FOOT = 700.0, 2200.0
"""Left free below the last staff, hundredths of a millimetre: of a page without and with a line at its foot."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Depth:
    """How much is asked of a piece."""

    own: bool = True
    """One of the pieces themselves: checked by the rules, and asked what it shares. False = one that is real."""
    pages: int = 0
    """Engraved pages that are shown; 0 = no portrait at all. A portrait is heard under each style too."""
    sound_seconds: float = 0.0
    """Of the sound; 0 = none."""
    longest: int = 0
    """Ticks, about, of the stretches that classifiers see; 0 = they see none."""
    beside: str | None = None
    """The repertoire whose real music it is set beside, "" for none; None = its own, see `repertoires`."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Portrait:
    """What a piece looks and sounds like."""

    pages: tuple[str, ...]
    """SVG as data URIs."""
    n_pages: int
    """Of the whole score."""
    sound: Sound | None
    form: Form
    keys: tuple[KeyWindow, ...]
    cadences: tuple[PhraseCadence, ...]
    harmonies: tuple[Harmony, ...]
    lacks: tuple[str, ...] = ()
    """What could not be made, and why."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """All that is known of one piece before it is compared."""

    name: str
    path: str
    """Empty for a score that came from no file."""
    score: Score
    """Understood: with a key and a metre."""
    repertoire: str
    """As what it is measured: "keyboard" or "quartet"; "" = a choir, or as it stands."""
    stretch: Score
    """What is measured of it: its four voices, or the first bars of its staves."""
    as_sung: bool
    """False where it is in four voices that move too fast for a choir."""
    key: Tonality
    said: tuple[str, ...]
    """What its file did not say and was understood, and what was left out."""
    values: dict[str, float]
    """Of `measures`, and NATS_PER_NOTE; not a number = not measured."""
    counts: Counts
    """Of `distributions`."""
    features: dict[str, Floats]
    """Of MGEval, for sets of pieces."""
    tally: Tally | None
    """What its grade is made of; None = it is not in four voices."""
    surprise: Surprise | None
    checked: Checked | None
    originality: OriginalityReport | None = None
    """What it shares with the training music."""
    on_staves: StaffOriginality | None = None
    """The same, of what the networks of keyboard and quartet learned from; None = it is for neither."""
    for_players: bool = False
    """It is for keyboard or quartet: of what it shares with the choir's music only what is beyond chance is kept."""
    unmeasured: dict[str, str] = field(default_factory=dict)
    """What was not measured -> why."""
    portrait: Portrait | None = None
    work: Work | None = None
    """As classifiers see it; None = they do not."""

    @property
    def title(self) -> str:
        """As its score says, else its name."""
        return " ".join(self.score.info.get("title", "").split()) or self.name

    @property
    def real_below(self) -> float:
        """Share of real music that shares less with the training music than its furthest passage; nan = it has none."""
        nearest = self.originality.nearest if self.originality is not None else None
        shares = [nearest.real_below] if nearest is not None else []
        if self.for_players and self.on_staves is not None:
            shares += [self.on_staves.real_below(passage) for passage in self.on_staves.passages]
        return max(shares, default=float("nan"))

    @property
    def sung(self) -> Checked | None:
        """What the rules of four-part writing find; None = it cannot be read so, or it is not for singers."""
        checked = self.checked
        return checked if checked and out_of_range(checked) <= FOR_SINGERS * len(checked.score.notes) else None


def measure_file(path: Path, depth: Depth = Depth()) -> Measured:
    """Read and measure a file.

    Raises:
        ScoreReadError: as `read_score`.
        RequestError: it holds no notes.
    """
    return replace(measure_score(read_score(path), depth, name=path.name), path=str(path))


def measure_score(score: Score, depth: Depth = Depth(), *, name: str = "") -> Measured:
    """Measure a score; what cannot be measured of it is said, and why.

    It is measured as `repertoires` reads it; what it shares is asked of the whole.

    Raises:
        RequestError: it holds no notes.
    """
    name = name or score.info.get("title", "") or "score"
    if not len(score.notes) or all(part.percussion for part in score.parts):
        raise RequestError(f"{name}: holds no notes with a pitch")
    score, said = understand(score)
    heard = heard_of(score, depth.beside)
    return Measured(
        name=name,
        path="",
        score=score,
        said=(*said, *heard.said),
        **_figures(heard, own=depth.own, styles=bool(depth.pages)),
        **(_shared(score, heard if depth.beside is None else heard_of(score)) if depth.own else {}),
        portrait=portrait_of(score, depth) if depth.pages else None,
        work=work_of(score, name, longest=depth.longest) if depth.longest else None,
    )


def remeasured(piece: Measured, beside: str, *, own: bool) -> Measured:
    """A piece as it is measured beside another repertoire; `own` as in `Depth`."""
    before, heard = heard_of(piece.score, piece.repertoire), heard_of(piece.score, beside)
    said = (*(one for one in piece.said if one not in before.said), *heard.said)
    return replace(piece, said=said, **_figures(heard, own=own, styles=piece.portrait is not None))


def _figures(heard: Heard, *, own: bool, styles: bool) -> dict[str, Any]:
    """What depends on beside what a piece is set, by the names of `Measured`."""
    score, repertoire = heard.score, heard.repertoire
    why: dict[str, str] = as_unmeasured(repertoire) if repertoire is not None else {}
    surprise = _tried("likelihood", partial(_surprise, heard, styles=styles), why)
    checked = _tried("rules", partial(_check, score), why) if own and repertoire is None else None
    return {
        "repertoire": repertoire.name if repertoire is not None else "",
        "stretch": score,
        "as_sung": heard.sung,
        "key": estimate_key(score),
        "values": {
            NATS_PER_NOTE: surprise.nats_per_note if surprise else float("nan"),
            **fitting(measures(score), repertoire),
        },
        "counts": fitting_counts(distributions(score), repertoire),
        "features": features(score),
        "tally": tally(score) if repertoire is None else None,
        "surprise": surprise,
        "checked": checked,
        "unmeasured": why,
    }


def _shared(score: Score, heard: Heard) -> dict[str, Any]:
    """What a piece shares with the training music, by the names of `Measured`; `heard` as its own repertoire."""
    found, on_staves = originality_of(score), originality_of_staves(score)
    players = on_staves is not None and heard.repertoire is not None
    return {
        "originality": found.beyond(UNUSUAL) if players else found,
        "on_staves": on_staves,
        "for_players": players,
    }


def _surprise(heard: Heard, *, styles: bool) -> Surprise:
    if heard.repertoire is None or heard.work is None:
        return surprise_of(heard.score, styles=styles)
    told = without_end(heard.work)
    return staff_surprise_of(heard.score, told.music, told.plan, heard.repertoire.players)


def out_of_range(checked: Checked) -> int:
    """How many notes are too high or too low for their voices."""
    return sum(finding.fault.rule == "range" for finding in checked.findings)


def _check(score: Score) -> Checked:
    return check_score(score, load_sheet("chorale"))


def _tried(what: str, measure: Callable[[], T], why: dict[str, str]) -> T | None:
    try:
        return measure()
    except StrettoError as cause:
        why[what] = str(cause).partition("; ")[0]  # what to do then is said for commands that can do it
        return None


def portrait_of(score: Score, depth: Depth) -> Portrait:
    """Page, sound, form and keys of a piece."""
    from stretto.render.page import render_pages

    lacks: list[str] = []
    pages: list[Drawing] = []
    sound = None
    try:
        pages = render_pages(score)
    except (RenderError, RequestError) as cause:
        lacks.append(f"page: {cause}")
    try:
        sound = sound_of(score, longest=depth.sound_seconds) if depth.sound_seconds else None
    except RenderError as cause:
        lacks.append(f"sound: {cause}")
    windows = key_windows(score)
    return Portrait(
        pages=tuple(_uri(page) for page in pages[: depth.pages]),
        n_pages=len(pages),
        sound=sound,
        form=form_of(score),
        keys=tuple(windows),
        cadences=tuple(cadences_of(score, windows=windows)),
        harmonies=tuple(harmonies(score, windows=windows)),
        lacks=tuple(lacks),
    )


def _uri(page: Drawing) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg_of([_trimmed(page)]).encode("utf-8")).decode()


def _trimmed(page: Drawing) -> Drawing:
    """The page without what is empty below its last staff; what stands at its foot moves up."""
    feet = [child for child in page.body if child.get("class") == "footer"]
    for foot in feet:
        page.body.remove(foot)
    ink, lines = ink_of(page)
    bottom = max((float(boxes[:, 3].max()) for boxes in (ink, lines) if len(boxes)), default=page.height)
    height = min(page.height, bottom + (FOOT if feet else MARGIN))
    for foot in feet:
        foot.set("transform", f"translate(0, {height - page.height:g})")
        page.body.append(foot)
    return replace(page, height=height)
