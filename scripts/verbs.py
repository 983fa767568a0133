"""How good the verbs are on music that is given: a table, with real held-out chorales measured by the same code.

    python scripts/verbs.py --data DATA [--only harmonize ablations ...] [--pieces 100]

Real music: the chorales of jsb16's test and valid splits that stand among 370 scores, and so with key, metre, pickup
and fermatas, and not in the training music. Ends with status 1 if a threshold is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

import verbs_returning as returning  # noqa: E402
from held_out import real_chorales  # noqa: E402
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices  # noqa: E402
from stretto.engine.likelihood import likelihood  # noqa: E402
from stretto.errors import RequestError, StrettoError  # noqa: E402
from stretto.evaluate.chorale import ChoraleCounts, count_chorale  # noqa: E402
from stretto.evaluate.meter_classifier import METERS, shipped_meter_classifier  # noqa: E402
from stretto.frames.canvas import Hole, canvas_of, given_first  # noqa: E402
from stretto.frames.example import Example, example_of  # noqa: E402
from stretto.frames.parts import frames_of_matrix, part_frames, score_of_parts  # noqa: E402
from stretto.frames.plan import plan_of_score  # noqa: E402
from stretto.score.formats import read_score  # noqa: E402
from stretto.score.model import TICKS_PER_QUARTER, Part, Score  # noqa: E402
from stretto.theory.key import (  # noqa: E402
    ALL_KEYS,
    BELLMAN_BUDGE,
    KRUMHANSL_KESSLER,
    Profiles,
    Tonality,
    estimate_key,
    last_bass,
    pitch_class_weights,
    pitched_notes,
    rank_keys,
)
from stretto.theory.understand import understand  # noqa: E402
from stretto.verbs.compose import compose  # noqa: E402
from stretto.verbs.gaps import continue_, infill, span_of_bars, vary  # noqa: E402
from stretto.verbs.rework import Manner, harmonize  # noqa: E402
from stretto.verbs.voicing import VOICES, voices_of_parts  # noqa: E402
from stretto.verbs.weights import choir_weights  # noqa: E402
from untouched import Open, lost  # noqa: E402

SOPRANO = 0
N_VOICES = 4
FILES = ("train/*/*/*.musicxml", "train/*/*/*.mxl", "train/*/*/*.krn")
RESAMPLED = 2000
"""Draws of a bootstrap over pieces."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure."""

    name: str
    found: str
    real: str = ""
    asked: str = ""
    ok: bool | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Music:
    """What is measured on."""

    real: list[Score]
    sopranos: list[Score]
    """Of jsb16's test split: bare melodies."""
    files: list[Path]
    """Scores of all kinds for a few voices."""
    weights: Path | None
    n_pieces: int
    seed: int


def harmonized(music: Music) -> list[Row]:
    """Sopranos of real chorales, with their fermatas, harmonised, beside Bach; and all test sopranos of jsb16."""
    chosen = music.real[: music.n_pieces]
    found, real = ChoraleCounts(), ChoraleCounts()
    nats, n_notes = 0.0, 0
    for i, score in enumerate(_told(chosen, "harmonize")):
        result = harmonize(melody_of(score), manner=_manner(music, i))
        nats, n_notes = nats + result.nats_per_note * result.n_notes, n_notes + result.n_notes
        key = estimate_key(score)
        found, real = found + count_chorale(result.score, key), real + count_chorale(score, key)
    rows = [
        Row(name=f"harmonize {len(chosen)} sopranos: nats a new note", found=f"{nats / n_notes:.3f}"),
        _at_most("  parallels a note", found.n_parallels / found.n_notes, 0.004, real.n_parallels / real.n_notes),
        _near("  triads on strong beats", _share(found, "n_strong_triads"), _share(real, "n_strong_triads"), 3),
        _near("  sevenths on strong beats", _share(found, "n_strong_sevenths"), _share(real, "n_strong_sevenths"), 3),
    ]
    for kind in real.cadences:
        own = [counts.cadences[kind] / max(1, counts.n_phrases) for counts in (found, real)]
        rows.append(_near(f"  cadences: {kind}", *own, 10))
    return rows + _all_sopranos(music)


def _all_sopranos(music: Music) -> list[Row]:
    done, total = 0, ChoraleCounts()
    for i, score in enumerate(_told(music.sopranos[: music.n_pieces], "jsb16 sopranos")):
        result = harmonize(understand(score)[0], manner=replace(_manner(music, i), candidates=4))
        total += count_chorale(result.score, estimate_key(result.score))
        done += len(result.score.parts) == N_VOICES
    asked = len(music.sopranos[: music.n_pieces])
    return [
        Row(
            name="harmonize jsb16 test sopranos, no metre or fermatas told",
            found=f"{done} of {asked}",
            asked="all",
            ok=done == asked,
        ),
        _at_most("  parallels a note", total.n_parallels / max(1, total.n_notes), 0.004),
    ]


def ablations(music: Music) -> list[Row]:
    """The same weights with and without ears for what is given of what comes; nats a note of real music."""
    weights = choir_weights(music.weights)
    pieces = music.real[: music.n_pieces]
    durations = weights.durations
    cases: dict[str, Callable[[Score], list[Example]]] = {
        "harmonize": lambda score: [_example(score, melody_holes(score), durations)],
        "infill of 2 bars": lambda score: [_example(score, middle_holes(score), durations)],
    }
    rows = []
    for name, make in cases.items():
        order = given_first((SOPRANO,) if name == "harmonize" else (), weights.order)
        hearing, deaf = [], []
        for score in _told(pieces, name):
            for example in make(score):
                if example.given is None:
                    continue
                mute = replace(example, given=replace(example.given, ahead=False))
                for into, each in ((hearing, example), (deaf, mute)):
                    scored = likelihood(weights, each, order=order)
                    into.append((float(-(scored.part_TV.sum() + scored.length_T.sum())), scored.n_notes))
        rows.append(_gain(f"{name}: nats a note without what comes, against with it", hearing, deaf))
    return rows


def _gain(name: str, hearing: Sequence[tuple[float, int]], deaf: Sequence[tuple[float, int]]) -> Row:
    """How much worse without, in percent, with a bootstrap over pieces."""
    with_it, without = np.array(hearing), np.array(deaf)
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(with_it), (RESAMPLED, len(with_it)))
    worse = without[draws, 0].sum(1) / with_it[draws, 0].sum(1) - 1
    low, high = np.quantile(worse, [0.025, 0.975])
    nats = [each[:, 0].sum() / each[:, 1].sum() for each in (without, with_it)]
    mean = nats[0] / nats[1] - 1
    return Row(
        name=name,
        found=f"{nats[0]:.3f}, {nats[1]:.3f}: {mean:+.1%} [{low:+.1%}, {high:+.1%}]",
        asked="5 % or more, interval above 0",
        ok=bool(mean >= 0.05 and low > 0),
    )


def _example(score: Score, holes: Sequence[Hole], durations: tuple[int, ...]) -> Example:
    frames, _ = part_frames(score)
    key = estimate_key(score)
    plan = plan_of_score(score, style="bach", tonic=key.tonic, mode=key.mode)
    return example_of(frames, plan, durations, canvas=canvas_of(frames, holes))


def melody_holes(score: Score) -> list[Hole]:
    """All but the soprano."""
    return [Hole(part=v, start=0, end=score.end) for v in range(1, N_VOICES)]


def middle_holes(score: Score) -> list[Hole]:
    """Two bars in the middle."""
    n = len(score.bars)
    first = max(1, n // 2 - 1)
    start, end = score.bars[first].tick, score.bar_end(min(n - 1, first + 1))
    return [Hole(part=v, start=start, end=end) for v in range(N_VOICES)]


def melody_of(score: Score) -> Score:
    """The soprano alone, with its marks."""
    notes = score.notes[score.notes["part"] == SOPRANO]
    return score.evolve(
        notes=notes,
        parts=score.parts[:1],
        clefs=tuple(clef for clef in score.clefs if clef.part == SOPRANO),
        keys=tuple(key for key in score.keys if key.part in (-1, SOPRANO)),
        marks=tuple(mark for mark in score.marks if mark.part in (-1, SOPRANO)),
    )


def _manner(music: Music, i: int) -> Manner:
    return Manner(seed=music.seed + i, weights=music.weights)


def _share(counts: ChoraleCounts, name: str) -> float:
    return float(getattr(counts, name) / max(1, counts.n_strong))


def _near(name: str, found: float, real: float, points: float) -> Row:
    """Within so many points of real music."""
    ok = abs(found - real) * 100 <= points
    return Row(name=name, found=f"{found:.1%}", real=f"{real:.1%}", asked=f"± {points:g}", ok=ok)


def _at_most(name: str, found: float, most: float, real: float | None = None) -> Row:
    shown = "" if real is None else f"{real:.4f}"
    return Row(name=name, found=f"{found:.4f}", real=shown, asked=f"<= {most:g}", ok=found <= most)


def _told(items: Sequence[Score], name: str) -> Sequence[Score]:
    """The items, counted aloud."""
    for i, item in enumerate(items):
        print(f"\r{name}: {i + 1} of {len(items)}   ", end="", file=sys.stderr, flush=True)
        yield item
    print(file=sys.stderr)


def given(music: Music) -> list[Row]:
    """Every verb on files as they come, with words, slurs, dynamics, graces: what was given must all be there."""
    rows = []
    for verb in VERBS:
        n_done, refused, damaged = 0, Counter[str](), list[str]()
        rng = random.Random(f"{verb} {music.seed}")
        paths = rng.sample(music.files, len(music.files))
        while n_done < music.n_pieces and paths:
            path = paths.pop()
            try:
                found = _lost_by(
                    verb, understand(read_score(path))[0], replace(_manner(music, n_done), candidates=1), rng
                )
            except StrettoError as error:
                refused[re.sub(r"[0-9]+", "N", str(error).partition(":")[0])[:40]] += 1
                continue
            n_done += 1
            damaged += [f"{path.name}: {line}" for line in found[:1]]
            print(f"\r{verb}: {n_done} of {music.n_pieces}   ", end="", file=sys.stderr, flush=True)
        print("\n" + "\n".join(damaged[:5]), file=sys.stderr)
        rows.append(
            Row(
                name=f"{verb}: pieces of which all that was given is there, note by note and mark by mark",
                found=f"{n_done - len(damaged)} of {n_done}",
                asked="all",
                ok=not damaged,
            )
        )
    return rows


def _lost_by(verb: str, score: Score, manner: Manner, rng: random.Random) -> list[str]:
    """What one verb, asked for something at random, loses of a document."""
    voices = voices_of_parts(score)
    last = max(bar.number for bar in score.bars)
    first = rng.randint(1, max(1, last - 1))
    whole = [Open(part=p, start=0, end=score.end) for p in range(len(score.parts))]
    if verb == "harmonize":
        kept = rng.choice(sorted(voices))
        after = harmonize(score, keep=[VOICES[voices[kept]]], manner=manner).score
        return lost(score, after, _places(score, after), [span for span in whole if span.part != kept])
    if verb == "continue":
        return lost(score, continue_(score, 2, manner=manner).score, range(len(score.parts)), [])
    if verb == "infill":
        start, end = span_of_bars(score, first, min(last, first + 1))
        after = infill(score, first, min(last, first + 1), manner=manner).score
        return lost(score, after, range(len(score.parts)), [replace(span, start=start, end=end) for span in whole])
    kept = rng.choice(sorted(voices))
    if len(voices) == 1:
        raise RequestError("one voice: nothing to vary beside it")
    after = vary(score, 0.3, keep=[VOICES[voices[kept]]], manner=manner).score
    return lost(score, after, range(len(score.parts)), [span for span in whole if span.part != kept])


def _places(before: Score, after: Score) -> list[int]:
    """Where the parts of a document stand, when others have come between them."""
    found, at = list[int](), 0
    for part in before.parts:
        while (after.parts[at].name or part.name) != (part.name or after.parts[at].name):
            at += 1
        found.append(at)
        at += 1
    return found


def asked(music: Music) -> list[Row]:
    """What `compose` and `continue` were asked for, found again in what they made."""
    pieces = [
        compose(key=str(key), meter=meter, bars=8, pickup=pickup, seed=music.seed + i, weights=music.weights)
        for i, (key, meter, pickup) in enumerate(_wishes()[: music.n_pieces])
    ]
    scores = [piece.score for piece in pieces]
    keys = [key for key, _, _ in _wishes()[: music.n_pieces]]
    real_keys = [estimate_key(score) for score in music.real]
    rows = []
    for name, profiles in (("Krumhansl-Schmuckler", KRUMHANSL_KESSLER), ("Bellman-Budge", BELLMAN_BUDGE)):
        found, real = (
            fmean(
                _key_by(profiles, score) == (key.tonic, key.mode) for score, key in zip(pair[0], pair[1], strict=True)
            )
            for pair in ((scores, keys), (music.real, real_keys))
        )
        rows.append(
            Row(
                name=f"asked key found by {name}",
                found=f"{found:.1%}",
                real=f"{real:.1%}",
                asked="real rate",
                ok=found >= real,
            )
        )
    ends = fmean(
        score.keys[0].fifths == key.fifths and last_bass(score.notes) == key.tonic
        for score, key in zip(scores, keys, strict=True)
    )
    rows.append(
        Row(
            name="signature and final bass agree with the asked key", found=f"{ends:.1%}", asked="98 %", ok=ends >= 0.98
        )
    )
    kept = fmean(
        piece.bars == 8 == sum(bar.number > 0 for bar in piece.score.bars)
        and piece.meter == meter == f"{piece.score.meters[0].numerator}/{piece.score.meters[0].denominator}"
        and piece.score.pickup == (TICKS_PER_QUARTER if pickup == "1" else 0)
        and len(piece.score.parts) == N_VOICES
        for piece, (_, meter, pickup) in zip(pieces, _wishes()[: music.n_pieces], strict=True)
    )
    rows.append(Row(name="bars, metre, pickup, parts as asked", found=f"{kept:.1%}", asked="100 %", ok=kept == 1))
    named = fmean(
        shipped_meter_classifier().name(score.notes) == meter
        for score, (_, meter, _) in zip(scores, _wishes(), strict=False)
    )
    plain = [score for score in music.real if len(score.meters) == 1 and _meter(score) in METERS]
    real_named = fmean(shipped_meter_classifier().name(score.notes) == _meter(score) for score in plain)
    rows.append(
        Row(
            name="metre named by the classifier",
            found=f"{named:.1%}",
            real=f"{real_named:.1%}",
            asked="real - 5",
            ok=named >= real_named - 0.05,
        )
    )
    return rows


def _wishes() -> list[tuple[Tonality, str, str]]:
    """Keys, metres and pickups in turn."""
    return [(key, meter, pickup) for key in ALL_KEYS for meter in METERS for pickup in ("1", "none")]


def _meter(score: Score) -> str:
    return f"{score.meters[0].numerator}/{score.meters[0].denominator}"


def _key_by(profiles: Profiles, score: Score) -> tuple[int, str]:
    best = rank_keys(pitch_class_weights(pitched_notes(score)), profiles=profiles)[0].key
    return best.tonic, best.mode


def forms(music: Music) -> list[Row]:
    """Sections that return under AABA, beside other stretches, and beside phrases that return in real pieces."""
    rng = np.random.default_rng(music.seed)
    again, other = list[tuple[float, float]](), list[tuple[float, float]]()
    for i in range(music.n_pieces):
        score = compose(sections="AABA", bars=16, meter="4/4", seed=music.seed + i, weights=music.weights).score
        length = score.end // 4
        again += [returning.alike(returning.cells(score), start, start, length) for start in (length, 3 * length)]
        other.append(returning.alike(returning.cells(score), 2 * length, 2 * length, length))
    real_again = [pair for score in music.real for pair in returning.returning_phrases(score)]
    real_other = [p for s in music.real for p in returning.other_stretches(s, rng, length=8 * TICKS_PER_QUARTER)]
    found, real = (np.mean(a, axis=0) - np.mean(o, axis=0) for a, o in ((again, other), (real_again, real_other)))
    spread = np.std([pair[0] for pair in real_again])
    return [
        Row(
            name=f"AABA, {music.n_pieces} pieces: likeness of sections that return less that of others, soprano",
            found=f"{np.mean(again, axis=0)[0]:.2f} - {np.mean(other, axis=0)[0]:.2f} = {found[0]:.2f}",
            real=f"{real[0]:.2f} ({len(real_again)} phrases that return)",
            asked=f"real ± {spread:.2f}, its deviation",
            ok=bool(found[0] >= real[0] - spread),
        ),
        Row(name="  all voices", found=f"{found[1]:.2f}", real=f"{real[1]:.2f}"),
    ]


def continued(music: Music) -> list[Row]:
    """The second halves of real chorales, and what `continue` makes of the first."""
    found, real = list[tuple[float, float]](), list[tuple[float, float]]()
    for i, score in enumerate(_told(music.real[: music.n_pieces], "continue")):
        middle = len(score.bars) // 2
        since = score.bars[middle].tick
        real.append(returning.recalled_bars(score, since))
        longer = continue_(first_bars(score, middle), len(score.bars) - middle, manner=_manner(music, i)).score
        found.append(returning.recalled_bars(longer, since))
    rows = []
    for k, name in enumerate(("bars that take up a motif of the primer", "bars copied from it whole")):
        own, beside = ([pair[k] for pair in pairs] for pairs in (found, real))
        low, high = np.quantile(beside, [0.1, 0.9])
        mean = fmean(own)
        rows.append(
            Row(
                name=f"continue, {len(own)} pieces: {name}",
                found=f"{mean:.1%}",
                real=f"{fmean(beside):.1%}",
                asked=f"{low:.1%} to {high:.1%}, where 8 of 10 real ones lie",
                ok=bool(low <= mean <= high),
            )
        )
    return rows


def first_bars(score: Score, n: int) -> Score:
    """The first bars alone, notes that reach beyond them cut."""
    end = score.bars[n].tick
    notes = score.notes[score.notes["onset"] < end].copy()
    notes["duration"] = np.minimum(notes["duration"], end - notes["onset"])
    marks = tuple(mark for mark in score.marks if mark.tick < end and mark.end < end)
    return score.evolve(notes=notes, bars=score.bars[:n], end=end, marks=marks)


def imitated(music: Music) -> list[Row]:
    """Overlapping entries with and without the wish for them, the same seeds."""
    rows = []
    for style in ("bach", "renaissance"):
        with_it, without = (
            [
                returning.overlapping_entries(
                    compose(style=style, bars=12, imitate=wish, seed=music.seed + i, weights=music.weights).score
                )
                for i in range(music.n_pieces)
            ]
            for wish in (True, False)
        )
        gain = np.array(with_it) - np.array(without)
        draws = np.random.default_rng(0).choice(gain, (RESAMPLED, len(gain))).mean(1)
        low, high = np.quantile(draws, [0.025, 0.975])
        rows.append(
            Row(
                name=f"imitate, {style}, {music.n_pieces} pieces of 12 bars: overlapping entries",
                found=f"{fmean(with_it):.1f}, without {fmean(without):.1f}: more by {low:.1f} to {high:.1f}",
                asked="interval above 0",
                ok=bool(low > 0),
            )
        )
    return rows


VERBS = ("harmonize", "continue", "infill", "vary")
SECTIONS: dict[str, Callable[[Music], list[Row]]] = {
    "given": given,
    "asked": asked,
    "ablations": ablations,
    "harmonize": harmonized,
    "form": forms,
    "continue": continued,
    "imitate": imitated,
}


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--only", nargs="*", default=list(SECTIONS), choices=list(SECTIONS))
    parser.add_argument("--pieces", type=int, default=100, help="at most, of each measure")
    parser.add_argument("--seed", type=int, default=1, help="of the first piece; the others count on")
    parser.add_argument("--weights", type=Path, help="another network than the one that ships")
    parser.add_argument("--json", type=Path, help="write all figures here")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the corpora with --data or the variable STRETTO_DATA")
    matrices = jsb16_matrices(asked.data / JSB16)
    training = choir_corpus(asked.data, asked.cache).pieces
    music = Music(
        real=real_chorales(asked.data, matrices, training, at_most=100, splits=("test", "valid")),
        sopranos=[soprano_of(np.asarray(matrix)) for matrix in matrices["test"]],
        files=sorted(path for pattern in FILES for path in asked.data.glob(pattern)),
        weights=asked.weights,
        n_pieces=asked.pieces,
        seed=asked.seed,
    )
    rows = [row for name in asked.only for row in SECTIONS[name](music)]
    print("| measure | found | real | asked | |\n|---|---|---|---|---|")
    for row in rows:
        sign = {True: "met", False: "missed", None: ""}[row.ok]
        print(f"| {row.name} | {row.found} | {row.real} | {row.asked} | {sign} |")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    return 1 if any(row.ok is False for row in rows) else 0


def soprano_of(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Score:
    """A melody of jsb16 as a score that says nothing else."""
    frames = frames_of_matrix(matrix[:, :1], step=6)
    return score_of_parts(frames, [Part(name="Soprano")])


if __name__ == "__main__":
    sys.exit(main())
