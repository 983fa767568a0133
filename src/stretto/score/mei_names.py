"""MEI's words for signs, and what a Score calls them."""

from __future__ import annotations

from fractions import Fraction

ID = "{http://www.w3.org/XML/1998/namespace}id"

TREMOLO = "tremolo"
"""Attribute that the reader itself gives to the two ends of an <fTrem>."""

LENGTHS = {
    "maxima": Fraction(8), "long": Fraction(4), "breve": Fraction(2),
    **{str(2**n): Fraction(1, 2**n) for n in range(11)},
}  # fmt: skip
"""@dur -> whole notes."""

STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
STEP_FIFTHS = {"f": -1, "c": 0, "g": 1, "d": 2, "a": 3, "e": 4, "b": 5}
ALTERS = {
    "s": 1, "ss": 2, "x": 2, "xs": 3, "sx": 3, "ts": 3, "f": -1, "ff": -2, "tf": -3, "n": 0, "nf": -1, "ns": 1,
}  # fmt: skip
"""@accid and @accid.ges -> semitones; quarter tones are not among them."""

ARTICULATIONS = {
    "acc": ("articulation", "accent"), "stacc": ("articulation", "staccato"), "ten": ("articulation", "tenuto"),
    "stacciss": ("articulation", "staccatissimo"), "marc": ("articulation", "strong-accent"),
    "spicc": ("articulation", "spiccato"), "ten-stacc": ("articulation", "detached-legato"),
    "doit": ("articulation", "doit"), "scoop": ("articulation", "scoop"), "plop": ("articulation", "plop"),
    "fall": ("articulation", "falloff"), "stress": ("articulation", "stress"), "unstress": ("articulation", "unstress"),
    "upbow": ("technical", "up-bow"), "dnbow": ("technical", "down-bow"), "harm": ("technical", "harmonic"),
    "snap": ("technical", "snap-pizzicato"), "open": ("technical", "open-string"), "stop": ("technical", "stopped"),
    "dbltongue": ("technical", "double-tongue"), "trpltongue": ("technical", "triple-tongue"),
    "heel": ("technical", "heel"), "toe": ("technical", "toe"), "fingernail": ("technical", "fingernails"),
}  # fmt: skip

BARLINES = {
    "dbl": "double", "end": "final", "dashed": "dashed", "dotted": "dotted", "invis": "none", "heavy": "heavy",
    "dblheavy": "heavy-heavy", "dbldashed": "dashed", "dbldotted": "dotted",
}  # fmt: skip

DYNAMICS = frozenset(
    [
        "p",
        "pp",
        "ppp",
        "pppp",
        "ppppp",
        "mp",
        "mf",
        "f",
        "ff",
        "fff",
        "ffff",
        "fffff",
        "fp",
        "sf",
        "sfz",
        "sffz",
        "sfp",
        "sfpp",
        "rf",
        "rfz",
        "fz",
        "pf",
        "sfzp",
        "n",
    ]
)

SYMBOLS = {"common": "common", "cut": "cut"}
MODES = {"major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "ionian", "locrian"}
NAVIGATION = {
    "coda": "coda", "segno": "segno", "dalSegno": "dal segno", "daCapo": "da capo", "fine": "fine",
    "dacapo": "da capo", "dalsegno": "dal segno", "tocoda": "to coda",
}  # fmt: skip

UNITS = {
    "breve": "breve", "1": "whole", "2": "half", "4": "quarter", "8": "eighth", "16": "16th", "32": "32nd",
}  # fmt: skip
"""@mm.unit -> Tempo.unit."""

EDITORIAL_ALL = frozenset(
    {"supplied", "unclear", "add", "orig", "reg", "corr", "sic", "lem", "rdg", "damage", "restore"}
)
"""Editorial elements whose content is read; of a choice only one is."""
EDITORIAL_FIRST = {
    "app": ("lem", "rdg"), "choice": ("corr", "reg", "expan", "sic", "orig"), "subst": ("add", "del"),
}  # fmt: skip
"""Elements that hold several readings, and which is preferred."""
