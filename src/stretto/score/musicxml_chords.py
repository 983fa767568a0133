"""Chord symbols and figured bass between MusicXML's elements and the text a musician types."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from stretto.score.musicxml_names import KINDS, fifths_of, name_of

_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
_ALTERS = {sign: alter for alter, sign in _SIGNS.items()}
_ROOT = re.compile(r"([A-G])(bb|b|##|#|)")
_DEGREE = re.compile(r"(add|no|)(bb|b|##|#|)(\d{1,2})")
_TO_KIND = {text: kind for kind, text in reversed(KINDS.items())}

_FIGURE_SIGNS = {
    "sharp": "#", "flat": "b", "natural": "n", "double-sharp": "##", "flat-flat": "bb", "sharp-sharp": "##",
    "cross": "+", "slash": "/", "back-slash": "\\", "backslash": "\\", "vertical": "|",
}  # fmt: skip
_FIGURE_WORDS = {
    "#": "sharp", "b": "flat", "n": "natural", "##": "double-sharp", "bb": "flat-flat", "+": "cross", "/": "slash",
    "\\": "backslash", "|": "vertical",
}  # fmt: skip
_FIGURE = re.compile(r"(##|bb|[#bn+/\\|]?)(\d*)(##|bb|[#bn+/\\|]?)(_?)")


def chord_text(harmony: Element, shift: int) -> str:
    """ "G7/B" of a <harmony>; `shift` fifths lead from the written names to the sounding ones."""
    root = harmony.find("root")
    kind = harmony.find("kind")
    if root is None:
        numeral = harmony.findtext("numeral/numeral-root") or harmony.findtext("function") or ""
        return f"{numeral.strip()}{_suffix(kind)}"
    bass = harmony.find("bass")
    text = _name(root, "root", shift) + _suffix(kind) + "".join(_degree(degree) for degree in harmony.iter("degree"))
    if kind is not None and (kind.text or "").strip() == "none":
        return _suffix(kind)
    return text if bass is None else f"{text}/{_name(bass, 'bass', shift)}"


def write_chord(harmony: Element, text: str, shift: int) -> None:
    """Fill a <harmony> so that `chord_text` gives `text` again; `shift` leads from sounding to written names."""
    found = _ROOT.match(text)
    if not found:
        SubElement(harmony, "function").text = ""
        kind = SubElement(harmony, "kind", text=text)
        kind.text = "none"
        return
    body, slash, bass = text[found.end() :].rpartition("/")
    bass_name = _ROOT.fullmatch(bass)
    if not slash or not bass_name:
        body, bass_name = text[found.end() :], None
    _write_name(harmony, "root", found, shift)
    symbol, degrees = _split_degrees(body)
    kind = SubElement(harmony, "kind", text=symbol)
    kind.text = _TO_KIND.get(symbol, "other")
    if bass_name:
        _write_name(harmony, "bass", bass_name, shift)
    for how, sign, value in degrees:
        degree = SubElement(harmony, "degree")
        SubElement(degree, "degree-value").text = value
        SubElement(degree, "degree-alter").text = str(_ALTERS[sign])
        SubElement(degree, "degree-type").text = {"add": "add", "no": "subtract", "": "alter"}[how]


def figures_text(figured_bass: Element) -> str:
    """ "#6 4" of a <figured-bass>."""
    figures = []
    for figure in figured_bass.findall("figure"):
        text = "".join(
            (figure.findtext(tag) or "").strip()
            if tag == "figure-number"
            else _FIGURE_SIGNS.get((figure.findtext(tag) or "").strip(), (figure.findtext(tag) or "").strip())
            for tag in ("prefix", "figure-number", "suffix")
        )
        figures.append(text + ("_" if figure.find("extend") is not None else ""))
    return " ".join(figures)


def write_figures(figured_bass: Element, text: str) -> bool:
    """Fill a <figured-bass>; whether all of `text` could be said."""
    said = True
    for word in text.split(" "):
        figure = SubElement(figured_bass, "figure")
        found = _FIGURE.fullmatch(word)
        if not found:
            SubElement(figure, "figure-number").text = word
            said = False
            continue
        prefix, number, suffix, extend = found.groups()
        if prefix:
            SubElement(figure, "prefix").text = _FIGURE_WORDS[prefix]
        if number:
            SubElement(figure, "figure-number").text = number
        if suffix:
            SubElement(figure, "suffix").text = _FIGURE_WORDS[suffix]
        if extend:
            SubElement(figure, "extend", type="start")
    return said


def _name(element: Element, tag: str, shift: int) -> str:
    step = (element.findtext(f"{tag}-step") or "C").strip()
    alter = round(float(element.findtext(f"{tag}-alter") or 0))
    step, alter = name_of(fifths_of(step, alter) + shift)
    return step + ("#" * alter if alter > 0 else "b" * -alter)


def _write_name(harmony: Element, tag: str, found: re.Match[str], shift: int) -> None:
    step, alter = name_of(fifths_of(found.group(1), _ALTERS[found.group(2)]) + shift)
    outer = SubElement(harmony, tag)
    SubElement(outer, f"{tag}-step").text = step
    if alter:
        SubElement(outer, f"{tag}-alter").text = str(alter)


def _suffix(kind: Element | None) -> str:
    if kind is None:
        return ""
    value = (kind.text or "").strip()
    return kind.get("text", KINDS.get(value, value))


def _degree(degree: Element) -> str:
    alter = round(float(degree.findtext("degree-alter") or 0))
    how = {"add": "add", "subtract": "no"}.get((degree.findtext("degree-type") or "").strip(), "")
    sign = _SIGNS.get(alter, "")
    return f"{how if how == 'no' or not sign else ''}{sign}{(degree.findtext('degree-value') or '').strip()}"


def _split_degrees(body: str) -> tuple[str, list[tuple[str, str, str]]]:
    """A chord's suffix as the longest kind we know and altered degrees after it: "7b9" is "7" and "b9"."""
    for cut in range(len(body), -1, -1):
        symbol, rest = body[:cut], body[cut:]
        if symbol not in _TO_KIND:
            continue
        degrees = list(_DEGREE.finditer(rest))
        plain = "".join(found.group() for found in degrees) == rest
        if plain and all(bool(found.group(1)) != bool(found.group(2)) for found in degrees):
            return symbol, [(found.group(1), found.group(2), found.group(3)) for found in degrees]
    return body, []
