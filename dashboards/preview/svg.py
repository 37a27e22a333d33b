"""SVG as text: elements with escaped contents, and no scripts and no addresses of others in them."""

import re
from html import escape
from typing import Final, Literal, NewType, TypeAlias

from dashboards.preview import letters

Svg = NewType("Svg", str)
"""Markup that is escaped where it has to be."""
Anchor: TypeAlias = Literal["start", "middle", "end"]

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, *inside: Svg, **attributes: str | float | None) -> Svg:
    """Make an element; `_` in the name of an attribute stands for a hyphen, an attribute that is None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(number(value) if isinstance(value, int | float) else value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Svg(f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>")


def escaped(text: str) -> Svg:
    """Write a text so that it is nothing but text; what XML cannot hold becomes a replacement character."""
    return Svg(escape(_NOT_XML.sub("\ufffd", text), quote=True))


def number(value: float) -> str:
    """Write a coordinate with at most one decimal, the same on every machine."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def title(text: str) -> Svg:
    """Make what is said of the element around it."""
    return element("title", escaped(text))


def label(
    text: str,
    x: float,
    y: float,
    *,
    kind: str = "",
    anchor: Anchor = "start",
    room: float | None = None,
    size: float = letters.SIZE,
    fill: str | None = None,
    bold: bool = False,
    said: str | None = None,
) -> Svg:
    """Write a text at its base line; one that is longer than its room is cut, and whole in its title."""
    fitting = text if room is None else letters.fitted(text, room, size, bold=bold)
    whole = said if said is not None else (text if fitting != text else None)
    return element(
        "text",
        *(() if whole is None else (title(whole),)),
        escaped(fitting),
        x=x,
        y=y,
        class_=kind or None,
        text_anchor=None if anchor == "start" else anchor,
        font_size=None if size == letters.SIZE else size,
        font_weight="600" if bold else None,
        fill=fill,
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *inside: Svg,
    fill: str | None = None,
    kind: str | None = None,
    radius: float | None = None,
    opacity: float | None = None,
) -> Svg:
    """Draw a rectangle."""
    return element(
        "rect",
        *inside,
        x=x,
        y=y,
        width=max(0.0, width),
        height=max(0.0, height),
        rx=radius,
        class_=kind,
        fill=fill,
        fill_opacity=None if opacity is None else f"{opacity:.2f}",
    )


def path(
    points: str,
    *,
    stroke: str | None = None,
    width: float | None = None,
    fill: str | None = "none",
    kind: str | None = None,
    dashes: str | None = None,
    opacity: float | None = None,
) -> Svg:
    """Draw a path."""
    return element(
        "path",
        d=points,
        class_=kind,
        fill=fill,
        stroke=stroke,
        stroke_width=width,
        stroke_dasharray=dashes,
        fill_opacity=None if opacity is None else f"{opacity:.2f}",
    )


def window(x: float, y: float, width: float, height: float, *inside: Svg) -> Svg:
    """Cut off what is drawn outside of a rectangle; inside of it, places are those of the sheet."""
    whole = f"{number(x)} {number(y)} {number(width)} {number(height)}"
    return element("svg", *inside, x=x, y=y, width=width, height=height, viewBox=whole)
