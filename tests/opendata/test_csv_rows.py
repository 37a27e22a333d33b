"""CSV: typed numbers, empty for not measured, and no cell that a spreadsheet would run."""

from collections.abc import AsyncIterator

import pytest

from opendata import csv_rows
from opendata.v1.models import Fout, Telling, Telpunt

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\0x"])
def test_text_that_starts_a_formula_gets_an_apostrophe(text: str) -> None:
    """Whatever a description holds."""
    assert csv_rows.cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [(-5, -5), (0, 0), (1.5, 1.5), (None, ""), (True, "ja"), (["=a", "b"], "'=a|b")]
)
def test_values_keep_their_type(value: object, cell: object) -> None:
    """A number stays a number, zero stays zero, absent is empty."""
    assert csv_rows.cell(value) == cell


def test_columns_spell_out_nested_shapes() -> None:
    """Coverage becomes three columns; lists of shapes stay in JSON."""
    assert "dekkingVerwacht" in csv_rows.columns(Telling)
    assert "dekkingPercentage" in csv_rows.columns(Telling)
    assert "telkanalen" not in csv_rows.columns(Telpunt)


async def test_every_row_carries_its_subject() -> None:
    """First, beside the columns of the row."""

    async def batches() -> AsyncIterator[list[Fout]]:
        yield [Fout(parameter="a", melding="b"), Fout(parameter="c", melding="d")]

    lines = [line async for line in csv_rows.stream(Fout, batches(), {"telpunt": "brug", "richting": None})]
    assert "".join(lines) == "telpunt,richting,parameter,melding\r\nbrug,,a,b\r\nbrug,,c,d\r\n"


def test_rows_are_rfc_4180() -> None:
    """Quotes, commas and line ends."""
    text = csv_rows.write(["a", "bC"], [{"a": 'zeg "ja", nee', "b": {"c": None}}], header=True)
    assert text == 'a,bC\r\n"zeg ""ja"", nee",\r\n'


def test_an_object_that_is_a_column_is_json() -> None:
    """What an indicator rests on differs from row to row; an empty one is empty."""
    rows: list[dict[str, object]] = [{"a": 1, "basis": {"dagen": 3, "telpunten": ["a", "b"]}}, {"a": 2, "basis": {}}]
    text = csv_rows.write(["a", "basis"], rows, header=False)
    assert text == '1,"{""dagen"":3,""telpunten"":[""a"",""b""]}"\r\n2,\r\n'
