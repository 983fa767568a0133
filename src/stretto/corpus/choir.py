"""Four-part choral music from mixed folders, brought to one pulse and told apart by style."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from stretto.corpus.piece import Piece
from stretto.errors import CorpusError
from stretto.frames.parts import REST, PartFrames, part_frames
from stretto.frames.plan import Plan, plan_of_score
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.key import estimate_key

LOWEST, HIGHEST = 36, 83
"""Range of the network's pitches; a piece outside is moved in, or skipped."""

MIN_BARS, MAX_RESTS = 4, 0.5


def choir_piece(path: Path) -> Piece:
    """One file as a piece of four voices.

    Raises:
        CorpusError: the file has no four voices, is too short, mostly silent, or out of range.
    """
    score = read_score(path)
    voices = _four_voices(score, path)
    scale = _scale(score, voices)
    frames, _ = part_frames(score, parts=voices)
    frames, up = _in_range(frames, path)
    frames = _rescaled(frames, scale, path)
    key = estimate_key(score)
    plan = _plan_rescaled(plan_of_score(score, tonic=(key.tonic + up) % 12, mode=key.mode), scale)
    silent = float(np.average((frames.pitch_TV == REST).mean(axis=1), weights=frames.duration_T))
    if len(score.bars) < MIN_BARS or silent > MAX_RESTS:
        raise CorpusError(f"{path.name}: too short or mostly silent ({len(score.bars)} bars, {silent:.0%} rests)")
    style = _style(path, score, frames)
    return Piece(
        name=path.name, work=_work(path), frames=frames, plan=replace(plan, style=style), licence=_licence(path)
    )


def _four_voices(score: Score, path: Path) -> list[int]:
    """Indices of soprano, alto, tenor and bass."""
    named = [i for i, part in enumerate(score.parts) if part.name.strip().lower().startswith("voice")]
    chosen = named if len(named) == 4 else [i for i in range(len(score.parts)) if _is_sung(score, i)]
    if len(chosen) != 4:
        raise CorpusError(f"{path.name}: {len(chosen)} voices, not four")
    means = [float(score.notes["pitch"][score.notes["part"] == i].mean()) for i in chosen]
    if any(upper < lower - 1 for upper, lower in pairwise(means)):
        order = np.argsort([-m for m in means])
        chosen = [chosen[i] for i in order.tolist()]
    return chosen


def _is_sung(score: Score, part: int) -> bool:
    own = score.notes[score.notes["part"] == part]
    return bool(len(own)) and score.parts[part].n_staves == 1


def _scale(score: Score, voices: list[int]) -> float:
    """Factor that brings the usual note to about a quarter: mensural music is written in halves and wholes."""
    own = score.notes[np.isin(score.notes["part"], voices) & (score.notes["grace"] == 0)]
    usual = float(np.median(own["duration"]))
    return 0.25 if usual >= 80 else 0.5 if usual >= 36 else 1.0


def _in_range(frames: PartFrames, path: Path) -> tuple[PartFrames, int]:
    """The frames moved into the network's range, and by how many semitones up."""
    pitch = frames.pitch_TV
    sounding = pitch[pitch != REST]
    if not len(sounding) or sounding.max() - sounding.min() > HIGHEST - LOWEST:
        raise CorpusError(f"{path.name}: spans more than {HIGHEST - LOWEST} semitones, or nothing")
    up = max(0, LOWEST - int(sounding.min())) - max(0, int(sounding.max()) - HIGHEST)
    return replace(frames, pitch_TV=np.where(pitch == REST, REST, pitch + up).astype(np.int16)), up


def _rescaled(frames: PartFrames, scale: float, path: Path) -> PartFrames:
    tick = frames.tick_T * scale
    if (tick != tick.round()).any():
        raise CorpusError(f"{path.name}: its shortest notes do not survive rescaling by {scale}")
    return replace(frames, tick_T=tick.astype(np.int32), end=int(frames.end * scale))


def _plan_rescaled(plan: Plan, scale: float) -> Plan:
    if scale == 1.0:
        return plan

    def meter(name: str) -> str:
        numerator, denominator = name.split("/")
        return f"{numerator}/{round(int(denominator) / scale)}"

    def ticks(values: tuple[int, ...] | None) -> tuple[int, ...] | None:
        return None if values is None else tuple(int(v * scale) for v in values)

    return replace(
        plan,
        bar_starts=ticks(plan.bar_starts),
        bar_meters=tuple(meter(m) for m in plan.bar_meters),
        pickup=int(plan.pickup * scale),
        end=int(plan.end * scale),
        phrase_ends=ticks(plan.phrase_ends),
    )


def homophony(frames: PartFrames) -> float:
    """Share of the moments with an onset at which at least three of four voices begin together."""
    struck = (frames.state_TV == 1).sum(axis=1)
    return float((struck >= 3).sum() / max(1, (struck > 0).sum()))


def _style(path: Path, score: Score, frames: PartFrames) -> str:
    """Bach by folder; else hymn by texture; else Renaissance by date and mensural notation."""
    if "bach" in path.parent.name:
        return "bach"
    if homophony(frames) >= 0.7:
        return "hymn"
    born = re.search(r"1[3-9]\d\d", _index(path.parent).get(path.name, {}).get("dates", ""))
    mensural = any(m.denominator <= 2 for m in score.meters)
    if (int(born.group()) < 1620) if born else mensural:
        return "renaissance"
    return ""


def _work(path: Path) -> str:
    """Versions of one chorale, and movements of one mass, belong together."""
    if match := re.match(r"bach_bwv-(\d+)-(\d+)", path.stem):
        return "bwv-{}-{}".format(*match.groups())
    composer = path.stem.split("_")[0]
    return f"{composer}_{re.sub(r'[-_]?[0-9]+[a-z]?$', '', path.stem.split('_', 1)[-1])}"


def _licence(path: Path) -> str:
    return path.parent.parent.name


@cache
def _index(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "index.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream)}
