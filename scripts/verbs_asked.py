"""What was asked for, found again in what came: key, metre, form, imitation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from statistics import fmean

import numpy as np

import verbs_returning as returning
from stretto.evaluate.meter_classifier import METERS, shipped_meter_classifier
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.key import (
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
from stretto.verbs.compose import Composition, compose
from verbs_table import N_VOICES, RESAMPLED, Music, Row, meter, told


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One piece as it is asked for."""

    key: Tonality
    meter: str
    pickup: str
    bars: int
    tempo: float


def asked(music: Music) -> list[Row]:
    """What `compose` was asked for, found again in what it made; pieces as long as real ones."""
    wishes = _wishes(music)
    pieces = [
        compose(
            key=str(w.key), meter=w.meter, bars=w.bars, pickup=w.pickup, tempo=w.tempo,
            seed=music.seed + i, weights=music.weights,
        )
        for i, w in enumerate(told(wishes, "asked"))
    ]  # fmt: skip
    scores = [piece.score for piece in pieces]
    ends = fmean(
        score.keys[0].fifths == w.key.fifths and last_bass(score.notes) == w.key.tonic
        for score, w in zip(scores, wishes, strict=True)
    )
    kept = fmean(_as_asked(piece, w) for piece, w in zip(pieces, wishes, strict=True))
    name = "signature and final bass agree with the asked key"
    return [
        *_keys(music, scores, [w.key for w in wishes]),
        Row(name=name, found=f"{ends:.1%}", asked="98 %", ok=ends >= 0.98),
        Row(name="bars, metre, pickup, parts, tempo as asked", found=f"{kept:.1%}", asked="100 %", ok=kept == 1),
        _meters(music, scores, [w.meter for w in wishes]),
    ]


def _wishes(music: Music) -> list[Wish]:
    """All keys in all metres, with and without a pickup; as many bars as real pieces have."""
    asked = [(key, meter, pickup) for key in ALL_KEYS for meter in METERS for pickup in ("1", "none")]
    lengths = [sum(bar.number > 0 for bar in score.bars) for score in music.real]
    return [
        Wish(key=key, meter=meter, pickup=pickup, bars=lengths[i % len(lengths)], tempo=60 + i % 60)
        for i, (key, meter, pickup) in enumerate(asked[: music.n_pieces])
    ]


def _as_asked(piece: Composition, wish: Wish) -> bool:
    score = piece.score
    return (
        piece.bars == wish.bars == sum(bar.number > 0 for bar in score.bars)
        and piece.meter == wish.meter == meter(score)
        and score.pickup == (TICKS_PER_QUARTER if wish.pickup == "1" else 0)
        and len(score.parts) == N_VOICES
        and [tempo.qpm for tempo in score.tempos] == [wish.tempo]
    )


def _keys(music: Music, scores: Sequence[Score], keys: Sequence[Tonality]) -> list[Row]:
    """How often each way of finding keys finds the one that was asked for, and that of real pieces."""
    real_keys, rows = [estimate_key(score) for score in music.real], list[Row]()
    for name, profiles in (("Krumhansl-Schmuckler", KRUMHANSL_KESSLER), ("Bellman-Budge", BELLMAN_BUDGE)):
        found, real = (
            fmean(_key_by(profiles, score) == (key.tonic, key.mode) for score, key in zip(own, of, strict=True))
            for own, of in ((scores, keys), (music.real, real_keys))
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
    return rows


def _meters(music: Music, scores: Sequence[Score], meters: Sequence[str]) -> Row:
    classifier = shipped_meter_classifier()
    named = fmean(classifier.name(score.notes) == wish for score, wish in zip(scores, meters, strict=True))
    plain = [score for score in music.real if len(score.meters) == 1 and meter(score) in METERS]
    real = fmean(classifier.name(score.notes) == meter(score) for score in plain)
    return Row(
        name="metre named by the classifier",
        found=f"{named:.1%}",
        real=f"{real:.1%}",
        asked="real - 5",
        ok=named >= real - 0.05,
    )


def _key_by(profiles: Profiles, score: Score) -> tuple[int, str]:
    best = rank_keys(pitch_class_weights(pitched_notes(score)), profiles=profiles)[0].key
    return best.tonic, best.mode


def forms(music: Music) -> list[Row]:
    """Sections that return under AABA, beside other stretches, and beside phrases that return in real pieces."""
    rng = np.random.default_rng(music.seed)
    again, other = list[tuple[float, float]](), list[tuple[float, float]]()
    for i in range(music.n_pieces):
        score = compose(form="AABA", bars=16, meter="4/4", seed=music.seed + i, weights=music.weights).score
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


def imitated(music: Music) -> list[Row]:
    """Overlapping entries with and without the wish for them, of the same network with the same seeds."""
    rows = []
    weights = music.weights or Path(str(files("stretto.engine").joinpath("data", "choir.safetensors")))
    for style in ("bach", "renaissance"):
        with_it, without = (
            [
                returning.overlapping_entries(
                    compose(style=style, bars=12, imitate=wish, seed=music.seed + i, weights=weights).score
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
