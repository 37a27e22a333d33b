"""One map of a page: which places it is about, drawn and listed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from opendata.pages.maps import map_drawing
from opendata.pages.maps.map_drawing import MapFrame
from opendata.pages.maps.map_places import MapContents, MapPlace


@dataclass(frozen=True)
class MapView:
    """A map about some places, which all others surround: its drawing, and its frame in degrees.

    `places` are what its list says, the same as it draws with their colours; `drawing` is empty where nothing lies
    anywhere.
    """

    places: Sequence[MapPlace]
    drawing: Markup
    bounds: str
    attributions: Sequence[str] = ()

    @property
    def keys(self) -> str:
        """Name what it is about for the script."""
        return " ".join(one.key for one in self.places)


def view(contents: MapContents, chosen: Iterable[MapPlace], framed: Iterable[MapPlace] | None = None) -> MapView:
    """Make a map about some places, framed round these or others; a list has links and sites before the rest."""
    about = list(chosen)
    frame = MapFrame.round(about if framed is None else framed)
    if frame is None:
        return MapView(about, Markup(""), "")
    keys = frozenset(one.key for one in about)
    drawing = map_drawing.drawn(frame, contents.places, keys, keys)
    return MapView(about, drawing, ",".join(f"{one:.5f}" for one in frame.box), contents.attributions)
