"""The pages of the console, a module each: from a visit to an answer."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from schemas import named_sql

SQL: Final[Mapping[str, str]] = named_sql.parse((files("operations.console") / "console.sql").read_text("utf-8"))
"""The statements of the pages, by name."""
