"""The rules by which aggregates are computed, by version: a changed rule has a new name, and its rows new revisions."""

from types import MappingProxyType
from typing import Final

from schemas.published import PUBLISHED

RULES: Final = MappingProxyType({table.name: table.rule for table in PUBLISHED if table.rule})
"""The rule in force, by table; of a table that is not here every row brings its own."""
