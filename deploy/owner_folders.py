"""The folders of the owners, read with the profiles that come with the platform."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from registry import files as registry_files
from registry.files import OwnerFolder

SHIPPED: Final = Path(str(files("ingest"))) / "profiles"
"""The folder of the profiles that come with the platform."""


def load(root: Path) -> list[OwnerFolder]:
    """Read and check the folders of all owners under a root; raise what `registry.files.load` raises."""
    return registry_files.load(root, SHIPPED)
