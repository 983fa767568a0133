"""Small steps towards an XML tree: add a child, write a number, leave out what XML cannot hold."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, tag: str, text: object = None, /, **attributes: object) -> Element:
    """Append a child; attributes that are "" are left out."""
    child = Element(tag, {name.replace("_", "-"): str(value) for name, value in attributes.items() if value != ""})
    if text is not None:
        child.text = text if type(text) is str else str(text)
    parent.append(child)
    return child


def decimal(value: Fraction) -> str:
    """A fraction as a decimal, with 16 places where it has no end."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = (2 * value.numerator * 10**16 + value.denominator) // (2 * value.denominator)
    return f"{scaled // 10**16}.{scaled % 10**16:016d}".rstrip("0")


def clean(text: str) -> tuple[str, int]:
    """A text without the characters that XML forbids, and how many there were."""
    return _FORBIDDEN.subn("", text)
