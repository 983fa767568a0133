"""Elements of a page: HTML and SVG made of one tree, so that every text in it is escaped."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from stretto.render.drawing import printable

Child = Element | str | None


def node(tag: str, *children: Child, **attributes: object) -> Element:
    """An element with its children and attributes.

    Args:
        tag: of HTML or SVG.
        children: elements and texts in order; None is passed over.
        attributes: `_` at the end is dropped (`class_`), elsewhere it is a hyphen (`aria_label`); None is left out,
            and numbers are written with at most two decimals.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), _written(value))
    for child in children:
        if child is not None:
            append(made, child)
    return made


def append(parent: Element, child: Element | str) -> None:
    """Put an element, or a text, after what is there."""
    if isinstance(child, Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + printable(child)
    else:
        parent.text = (parent.text or "") + printable(child)


def picture(width: float, height: float, says: str, *children: Child, class_: str = "") -> Element:
    """An SVG picture that scales with the page, and says to those who do not see it what it shows.

    Args:
        width: of its frame, in units of about a pixel; it is drawn at most so wide.
        height: of its frame.
        says: a sentence or two that stand for the picture.
        children: what is drawn.
        class_: of the whole.
    """
    made = node("svg", *children, role="img", aria_label=says, class_=class_ or None, style=f"max-width:{width:g}px")
    made.set("viewBox", f"0 0 {width:g} {height:g}")
    return made


def text(x: float, y: float, said: str, class_: str = "", anchor: str = "start") -> Element:
    """A line of text in a picture."""
    return node("text", said, x=x, y=y, class_=class_ or None, text_anchor=None if anchor == "start" else anchor)


def rect(x: float, y: float, width: float, height: float, class_: str = "", **attributes: object) -> Element:
    """A rectangle in a picture; its colour is its class's."""
    return node("rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), class_=class_ or None, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Element:
    """A stroke in a picture."""
    return node("path", d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}", class_=class_)


def html_of(root: Element) -> str:
    """A whole page as text."""
    return "<!doctype html>\n" + ElementTree.tostring(root, encoding="unicode", method="html") + "\n"


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else printable(str(value))
