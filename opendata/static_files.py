"""The files that pages are made with: those of the folder `static`, some of which a city may replace by its own."""

import os
from collections.abc import Mapping
from pathlib import Path

from starlette.staticfiles import StaticFiles

from opendata.settings import WebSettings

TOKENS = "tokens.css"
MAP_LAYER = "map-layer.geojson"


class SwappedStaticFiles(StaticFiles):
    """A folder of files, of which some are looked up elsewhere; validators and ranges are those of Starlette."""

    def __init__(self, directory: str, own: Mapping[str, Path]) -> None:
        """Take the folder, and the files that are served in the place of theirs, by name."""
        super().__init__(directory=directory)
        self._own = own

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file: one's own first."""
        found = self._own.get(path)
        if found is not None and found.is_file():
            return str(found), found.stat()
        return super().lookup_path(path)


def own_files(settings: WebSettings) -> Mapping[str, Path]:
    """Give the files that the settings name, by the name under which pages ask for them."""
    named = {TOKENS: settings.tokens, MAP_LAYER: settings.map_layer}
    return {name: path for name, path in named.items() if path is not None}
