"""ABC's names of decorations and fields, and what a Score calls them; used both ways."""

from __future__ import annotations

SHORT_DECORATIONS = {
    ".": "staccato", "~": "roll", "H": "fermata", "L": "accent", "M": "lowermordent", "O": "coda",
    "P": "uppermordent", "S": "segno", "T": "trill", "u": "upbow", "v": "downbow",
}  # fmt: skip
"""Redefinable symbols at their default meaning (ABC 2.1, section 4.14)."""

DYNAMICS = ("pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz")

TYPED_DYNAMICS = (
    "sf", "fp", "sfp", "sfpp", "rf", "rfz", "fz", "sffz", "sfzp", "pf", "ppppp", "fffff", "n",
)  # fmt: skip
"""Dynamics that ABC has no decoration for: an annotation below the staff that is one of these."""

NOTE_DECORATIONS: dict[str, tuple[str, str]] = {
    "fermata": ("fermata", ""),
    "invertedfermata": ("fermata", ""),
    "staccato": ("articulation", "staccato"),
    "accent": ("articulation", "accent"),
    "tenuto": ("articulation", "tenuto"),
    "marcato": ("articulation", "strong-accent"),
    "wedge": ("articulation", "staccatissimo"),
    "slide": ("articulation", "scoop"),
    "trill": ("ornament", "trill-mark"),
    "lowermordent": ("ornament", "mordent"),
    "uppermordent": ("ornament", "inverted-mordent"),
    "turn": ("ornament", "turn"),
    "invertedturn": ("ornament", "inverted-turn"),
    "roll": ("ornament", "roll"),
    "upbow": ("technical", "up-bow"),
    "downbow": ("technical", "down-bow"),
    "open": ("technical", "open-string"),
    "thumb": ("technical", "thumb-position"),
    "snap": ("technical", "snap-pizzicato"),
    "plus": ("technical", "stopped"),
    "0": ("technical", "fingering:0"),
    "1": ("technical", "fingering:1"),
    "2": ("technical", "fingering:2"),
    "3": ("technical", "fingering:3"),
    "4": ("technical", "fingering:4"),
    "5": ("technical", "fingering:5"),
    "arpeggio": ("arpeggiate", ""),
    "breath": ("breath", "comma"),
}
"""Decoration -> kind and text of a mark that hangs on a note."""

ALIASES = {
    ">": "accent", "emphasis": "accent", "^": "marcato", "mordent": "lowermordent", "pralltriller": "uppermordent",
    "turnx": "turn", "invertedturnx": "invertedturn", "+": "plus",
    "trill(": "trill", "<(": "crescendo(", "cresc(": "crescendo(", "<)": "crescendo)", "cresc)": "crescendo)",
    ">(": "diminuendo(", "dim(": "diminuendo(", ">)": "diminuendo)", "dim)": "diminuendo)",
    "DC": "D.C.", "dacapo": "D.C.", "DS": "D.S.",
}  # fmt: skip

NAVIGATION = {
    "segno": "segno", "coda": "coda", "fine": "fine", "D.C.": "da capo", "D.S.": "dal segno", "dacoda": "to coda",
    "D.C.alfine": "da capo", "D.C.alcoda": "da capo", "D.S.alfine": "dal segno", "D.S.alcoda": "dal segno",
}  # fmt: skip

PRINTED = {
    "D.C.alfine": "D.C. al Fine", "D.C.alcoda": "D.C. al Coda", "D.S.alfine": "D.S. al Fine",
    "D.S.alcoda": "D.S. al Coda",
}  # fmt: skip
"""What stands on the page, where it says more than the sign does."""

WEDGES = {"crescendo(": "crescendo", "diminuendo(": "diminuendo"}
WEDGE_ENDS = {"crescendo)": "crescendo", "diminuendo)": "diminuendo"}

INFO_FIELDS = {
    "X": "number", "C": "composer", "O": "origin", "A": "area", "Z": "transcription", "N": "notes", "G": "group",
    "H": "history", "R": "rhythm", "B": "book", "D": "discography", "F": "file", "S": "source", "P": "form",
}  # fmt: skip
"""Header field -> its key in Score.info; T: (title, then subtitle) and W: (words) are told apart by the code."""
