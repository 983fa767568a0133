"""The page that specifies the notation tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from stretto.score.text import read_text, write_text

PAGE = (Path(__file__).parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")


def cells() -> list[str]:
    """What stands in code in the first column of a table."""
    rows = re.findall(r"^\| (`.*?|<code>.*?) \|", PAGE, flags=re.M)
    found = [code for row in rows for pair in re.findall(r"`([^`]+)`|<code>(.*?)</code>", row) for code in pair if code]
    return [code.replace("&amp;", "&") for code in found if "&#124;" not in code]


def test_its_example_reads_and_is_written_the_same() -> None:
    example = re.findall(r"^```\n(.*?)^```", PAGE, flags=re.M | re.S)[0]
    assert write_text(read_text(example.encode(), "page"))[0].decode() == example


def test_every_cell_of_its_tables_is_in_the_notation() -> None:
    """Marks in a piece of nine bars, header lines alone, music as the only bar of a long metre."""
    n_notes = n_lines = 0
    for cell in cells():
        if cell.startswith("@"):
            music = "| C5w |\n" * 9
            assert read_text(f"part: A\n{music}{cell}\n".encode(), cell).parts
            n_lines += 1
        elif re.match("[a-z]+:", cell):
            assert read_text(f"{cell}\n".encode(), cell).bars
            n_lines += 1
        elif cell not in ("-", "-h"):
            assert read_text(f"meter: 16/4\n{cell}\n".encode(), cell).parts
            n_notes += 1
    assert n_notes >= 20
    assert n_lines >= 14
