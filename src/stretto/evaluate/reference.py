"""Real music that no shipped network has learned from, as numbers: what every piece is set beside."""

# Shapes: N pieces, F measures, G terms of the grade.

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.measures import METRICS, measure_matrix, measures
from stretto.evaluate.metrics import bach_or_mock
from stretto.evaluate.metrics.bach_or_mock import Grader
from stretto.evaluate.metrics.mgeval import features
from stretto.evaluate.metrics.reading import Floats, Reading
from stretto.evaluate.metrics.tally import tally
from stretto.score.model import Score

NAME = "reference"
"""Of the two files of numbers: NAME.npz and NAME.json."""

GRADES = tuple(metric.name for metric in bach_or_mock.METRICS)

ABOUT = ("notes", "quarters", "minor", "beats a bar")
"""What else is known of each piece: its size, mode, and metre."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reference:
    """Measures, grades and MGEval features of real pieces, and the counts that grade others."""

    measures: Mapping[str, Floats]
    """Metric -> its value for each piece, (N,)."""
    grades: Mapping[str, Floats]
    """Term of the "Bach or Mock" grade -> its value for each piece, (N,), each graded without its own counts."""
    features: Sequence[Mapping[str, Floats]]
    """MGEval features of each piece."""
    about: Mapping[str, Floats]
    """Each of ABOUT -> its value for each piece."""
    grader: Grader

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self.features)

    def values(self, name: str) -> Floats:
        """A measure or a term of the grade for each piece, (N,); empty where these pieces were not asked for it."""
        return {**self.measures, **self.grades}.get(name, np.zeros(0))

    @classmethod
    def of(cls, scores: Sequence[Score]) -> Reference:
        """Measure a corpus. Pieces that have not four parts have no grade, and take no part in others'."""
        readings = [Reading(score) for score in scores]
        tallies = [tally(reading) for reading in readings]
        grader = Grader.fit(own for own in tallies if own is not None)
        nothing = dict.fromkeys(("total", *bach_or_mock.TERMS), float("nan"))
        graded = [nothing if own is None else grader.grade(own, leave_out=True) for own in tallies]
        matrix = measure_matrix([measures(reading) for reading in readings])
        about = [
            (len(r.notes), r.n_quarters, r.key.mode == "minor", r.score.meter_at(0).bar_ticks / 24) for r in readings
        ]
        about_NA = np.array(about, float).reshape(len(readings), len(ABOUT))
        return cls(
            measures={name: matrix[:, i] for i, name in enumerate(METRICS)},
            grades={name: np.array([own[name.removeprefix("grade.")] for own in graded]) for name in GRADES},
            features=[features(reading) for reading in readings],
            about={name: about_NA[:, i] for i, name in enumerate(ABOUT)},
            grader=grader,
        )

    def grade(self, score: Score) -> dict[str, float]:
        """Terms of the grade of a piece that is none of these, and their sum; not numbers without four parts."""
        own = tally(score)
        if own is None or not len(self):
            return dict.fromkeys(GRADES, float("nan"))
        return {f"grade.{name}": value for name, value in self.grader.grade(own).items()}

    def save(self, folder: Path) -> None:
        """Write NAME.npz (single precision) and NAME.json."""
        columns = {**self.measures, **self.grades, **self.about}
        arrays = {"values": np.stack(list(columns.values()), axis=1).astype(np.float32)} if columns else {}
        for name in self.features[0] if self.features else ():
            arrays[name] = np.stack([piece[name] for piece in self.features]).astype(np.float32)
        # As np.savez_compressed, but with one date for every member: the same numbers are the same file.
        (folder / f"{NAME}.npz").write_bytes(archive(arrays))
        data = {"columns": list(columns), "grader": self.grader.as_json()}
        (folder / f"{NAME}.json").write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, npz: bytes, text: str) -> Reference:
        """The inverse of `save`, from the content of both files."""
        data = json.loads(text)
        with np.load(io.BytesIO(npz), allow_pickle=False) as stored:
            arrays = {name: stored[name].astype(np.float64) for name in stored.files}
        values: NDArray[np.float64] = arrays.pop("values")
        columns = {name: values[:, i] for i, name in enumerate(data["columns"])}
        return cls(
            measures={name: column for name, column in columns.items() if name not in (*GRADES, *ABOUT)},
            grades={name: columns[name] for name in GRADES},
            features=[{name: table[i] for name, table in arrays.items()} for i in range(len(values))],
            about={name: columns[name] for name in ABOUT},
            grader=Grader.from_json(data["grader"]),
        )


@cache
def shipped() -> Reference:
    """The one that scripts/reference.py made: chorales by Bach that stand in no training music of ours.

    They are those of the validation and test splits of `jsb16` that were found among the 370 chorales edited by Craig
    Sapp (kern, CC BY-NC-SA 4.0); what ships are counts and averages, no notes.
    """
    folder = files("stretto.evaluate").joinpath("data")
    return Reference.read(
        folder.joinpath(f"{NAME}.npz").read_bytes(), folder.joinpath(f"{NAME}.json").read_text(encoding="utf-8")
    )


def archive(arrays: Mapping[str, NDArray[np.float32]]) -> bytes:
    """An archive of arrays, as NumPy reads it; the same numbers are the same bytes."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.getvalue())
    return buffer.getvalue()
