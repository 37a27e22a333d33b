"""The page of profiles: it has every key of the format with its words, and every profile that ships."""

import re
from typing import Final

import pytest

from deploy.profile_page import profile_page
from schemas.profile import (
    ByteField,
    ByteLayout,
    DeviceProfile,
    ProfileField,
    ProfileStatus,
    ProfileTime,
    StoredFrame,
)

pytestmark = pytest.mark.pure

PAGE: Final = profile_page()
STRUCTS: Final = (DeviceProfile, ProfileField, ProfileTime, ProfileStatus, StoredFrame, ByteLayout, ByteField)


@pytest.mark.parametrize("struct", STRUCTS)
def test_every_key_is_explained(struct: type) -> None:
    """A key without a word in its docstring would be a row that says nothing; tables have a section each."""
    explained = set(re.findall(r"`(\w+)`", struct.__doc__ or ""))
    tables = {"time", "stored", "field", "status", "layout"} if struct is DeviceProfile else set()
    assert set(struct.__annotations__) - explained == tables


def test_a_row_has_kind_words_and_default() -> None:
    """One key of each kind, as somebody who reads the format would write it down."""
    rows = set(PAGE.splitlines())
    assert {
        "| `maker` | text | refused |",
        "| `every` | whole number | `0` |",
        '| `window` | text | `"always"` |',
        "| `time` | a table, see [`time`](#time) | none |",
        "| `ports` | a list: whole number | `[]` |",
        "| `counter_restarts` | `true` or `false` | `false` |",
        "| `factor` | number | `1` |",
        "| `bits` | `0`, `8`, `16`, `24`, `32` | `0` |",
        '| `codes` | a table: text = `"ok"`, `"suspect"`, `"excluded"` | refused |',
        '| `form` | `"rfc3339"`, `"epoch"`, `"epoch_ms"` | `"rfc3339"` |',
    } <= rows


def test_words_are_explained() -> None:
    """Forms of time, kinds of bytes, verdicts and samplings stand with what they mean."""
    headings = set(re.findall(r"^## Words of `(\w+)`$", PAGE, re.MULTILINE))
    assert headings == {"sampling", "form", "type", "codes"}
    assert "- `epoch_ms`: milliseconds since 1970" in PAGE
    assert "- `cumulative`: a running total" in PAGE


def test_profiles_that_ship_stand_there_with_their_fields() -> None:
    """The radar: two counts by the registry, two totals that begin again, and its battery in millivolts."""
    section = PAGE.partition("### parametric-pcr2\n")[2].partition("\n### ")[0]
    assert "Parametric, PCR2. Speaks every 600 s; on port 14;" in section
    assert "| `LTR` | `LTR` | by the registry | `increment` | 1 |  |" in section
    assert "| `LTR_SUM` | `LTR_SUM` | by the registry | `cumulative`, a lower total is a restart | 1 |  |" in section
    assert "| `SBX_BATT` | `SBX_BATT` | `battery` | `sample` | 0.001 |  |" in section
    assert "| `total_counter_a` | `total_counter_a` | by the registry | `cumulative`, 16 bits | 1 |  |" in PAGE
    assert "| `TempC_SHT` | `temperature` | `temperature` | `sample` | 1 | 327.67 |" in PAGE
