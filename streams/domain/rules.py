"""By which version of which rule an aggregate is computed.

A changed rule is a new name, its rows get a new revision.
"""

from types import MappingProxyType
from typing import Final

from schemas.published import PUBLISHED

RULES: Final = MappingProxyType({table.name: table.rule for table in PUBLISHED if table.rule})
"""The rule in force, by table; of a table that is not here every row brings its own."""
