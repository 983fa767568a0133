"""Checking as a program calls it: a file or a Score in, what was found out."""

from __future__ import annotations

from pathlib import Path

from stretto.check.check import Checked, check_score
from stretto.check.sheet import RuleSheet, load_sheet
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.key import parse_key
from stretto.theory.understand import understand


def check(source: str | Path | Score, rules: str | Path | RuleSheet = "chorale", *, key: str | None = None) -> Checked:
    """Look through an exercise by a rule sheet.

    Args:
        source: its file, or a Score.
        rules: the name of a sheet, "chorale" or "species1" to "species5"; the file of one; or a sheet.
        key: as "E minor"; None = as its signature and notes say.

    Returns:
        `findings` in the order of reading, each with `bar`, `beat`, `severity`, `says`; and their `counts` by rule.

    Raises:
        ScoreReadError: the file cannot be read.
        RequestError: there is no such sheet or key, or the sheet is for another number of voices.
    """
    sheet = rules if isinstance(rules, RuleSheet) else load_sheet(rules)
    tonality = None if key is None else parse_key(key)
    score, _ = understand(source if isinstance(source, Score) else read_score(source), key=tonality)
    return check_score(score, sheet, key=tonality)
