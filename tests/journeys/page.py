"""What a page of the documentation tells a reader to type."""

import re
from pathlib import Path
from typing import Final

HOWTO: Final = Path(__file__).resolve().parents[2] / "docs" / "howto"


def blocks(page: str, language: str) -> list[str]:
    """Give the code of a page of docs/howto in one language, block by block."""
    return re.findall(rf"^```{language}\n(.*?)^```", (HOWTO / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
