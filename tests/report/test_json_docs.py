"""Every key of the JSON stands in the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drawn_pieces import hymn

from stretto.report.report import report

FREE = (
    "values",
    "verdicts",
    "unmeasured",
    "by_style",
    "counts",
    "distributions",
    "quantiles",
    "measures",
    "sets",
    "rules",
)
"""Under these stand names of measures, rules, features and categories."""


def keys(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, inner in data.items():
            yield key
            if key in ("measures", "sets"):
                yield from (name for own in inner.values() for name in own)
            elif key not in FREE:
                yield from keys(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from keys(inner)


def test_every_key_is_explained() -> None:
    text = (Path(__file__).parents[2] / "docs/report.md").read_text(encoding="utf-8")
    named = set(re.findall("`([a-z_]+)`", text.partition("## As data")[2].partition("## Every measure")[0]))
    found = set(keys(report([hymn()] * 3, audio=False).as_json()))
    assert {"passages", "real_below", "overlap", "numeral"} <= found
    assert found <= named
