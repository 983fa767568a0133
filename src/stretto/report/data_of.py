"""A report as data: everything that the page says, under names that stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from stretto.check.marked import checked_json
from stretto.corpus.parse import Skipped
from stretto.report.answers import Answer
from stretto.report.comparison import Comparison, Row
from stretto.report.distributions import KINDS, added, shares
from stretto.report.measured import Measured, Portrait
from stretto.report.originality_section import originality_data
from stretto.report.verdict import Spread
from stretto.version import __version__

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


def data_of(
    title: str, found: Comparison, answers: Sequence[Answer], *, unread: Sequence[Skipped], notes: Sequence[str]
) -> dict[str, Any]:
    """The report as dicts, lists, texts and numbers; what is not a number is None."""
    reference = found.reference
    mine = added(piece.counts for piece in found.pieces)
    found_data: dict[str, Any] = plain(
        {
            "stretto": __version__,
            "title": title,
            "reference": {
                "name": reference.name,
                "about": reference.about,
                "pieces": reference.n_pieces,
                "repertoire": reference.repertoire,
            },
            "answers": [asdict(answer) for answer in answers],
            "outside": {"share": found.outside_verdict.value, "real_below": found.outside_verdict.below},
            "measures": {name: _measure(row) for name, row in found.rows.items()},
            "distributions": {
                kind: {"here": shares(mine[kind], kind), "real": shares(reference.distributions.get(kind, {}), kind)}
                for kind in KINDS
            },
            "pieces": [_piece(found, index, piece) for index, piece in enumerate(found.pieces)],
            "unread": [{"path": str(skipped.path), "why": skipped.why} for skipped in unread],
            "notes": list(notes),
        }
    )
    return found_data


def _measure(row: Row) -> dict[str, Any]:
    return {
        "label": row.metric.label,
        "unit": row.metric.unit,
        "says": row.metric.says,
        "source": row.metric.source,
        "mean": row.folder.mean,
        "sd": row.folder.sd,
        "pieces": row.folder.n,
        "above_real": row.folder.above,
        "outside": row.folder.outside,
        "verdict": row.word,
        "real": spread_data(row.spread),
    }


def spread_data(spread: Spread) -> dict[str, Any]:
    """Real music's side of a measure."""
    return {
        "pieces": len(spread),
        "mean": spread.mean,
        "sd": spread.sd,
        "quantiles": {f"{share:g}": spread.quantile(share) for share in QUANTILES},
    }


def _piece(found: Comparison, index: int, piece: Measured) -> dict[str, Any]:
    verdicts = found.of_piece(index)
    return {
        "name": piece.name,
        "path": piece.path,
        "title": piece.title,
        "key": str(piece.key),
        "bars": sum(bar.number > 0 for bar in piece.score.bars),
        "notes": len(piece.score.notes),
        "repertoire": piece.repertoire,
        "parts": [part.name for part in piece.score.parts],
        "understood": list(piece.said),
        "outside": found.outside(index),
        "values": found.values[index],
        "verdicts": {name: {"below": v.below, "word": v.word} for name, v in verdicts.items()},
        "unmeasured": piece.unmeasured,
        "surprise": _surprise(piece),
        "rules": checked_json(piece.checked) if piece.checked is not None else None,
        "originality": originality_data(piece),
        "portrait": _portrait(piece.portrait),
    }


def _surprise(piece: Measured) -> dict[str, Any] | None:
    surprise = piece.surprise
    if surprise is None:
        return None
    notes = zip(
        surprise.onset_N.tolist(),
        surprise.voice_N.tolist(),
        surprise.pitch_N.tolist(),
        surprise.nats_N.tolist(),
        strict=True,
    )
    bars = zip(piece.stretch.bars, surprise.nats_per_quarter_B.tolist(), strict=True)
    return {
        "nats_per_note": surprise.nats_per_note,
        "by_style": surprise.by_style,
        "bars": [{"bar": bar.number, "nats_per_quarter": round(nats, 3)} for bar, nats in bars],
        "notes": [[onset, voice, pitch, round(nats, 3)] for onset, voice, pitch, nats in notes],
    }


def _portrait(portrait: Portrait | None) -> dict[str, Any] | None:
    """Form and keys; the page and the sound are in the page alone."""
    if portrait is None:
        return None
    return {
        "form": portrait.form.letters,
        "sections": [{"start": s.start, "end": s.end, "letter": s.letter} for s in portrait.form.sections],
        "parted_by": portrait.form.parted_by,
        "cadences": [{"end": c.phrase.end, "name": c.name, "key": str(c.key)} for c in portrait.cadences],
        "harmonies": [
            {"start": h.tick, "end": h.end, "numeral": h.numeral, "key": str(h.key)} for h in portrait.harmonies
        ],
        "keys": [{"start": w.tick, "end": w.end, "key": str(w.key)} for w in portrait.keys],
    }


def plain(value: Any) -> Any:
    """The same with None for what is no finite number, all the way down."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value
