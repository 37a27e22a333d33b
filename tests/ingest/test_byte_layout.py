"""Bytes as numbers: every type in both orders, and which payloads fit a layout."""

import pytest

from ingest.dialects.byte_layout import fields_of, fits, form_of_radio, from_base64, from_hex
from schemas.profile import ByteField, ByteLayout, ByteType
from tests.ingest.registered import of

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("kind", "radio", "expected"),
    [
        ("u8", "ff", 255), ("i8", "ff", -1), ("u16be", "0102", 258), ("u16le", "0102", 513), ("i16be", "fffe", -2),
        ("i16le", "feff", -2), ("u24be", "010203", 66051), ("u24le", "010203", 197121),
        ("u32be", "ffffffff", 2**32 - 1), ("u32le", "01000000", 1), ("i32be", "80000000", -(2**31)),
        ("i32le", "ffffffff", -1),
        ("f32be", "41480000", 12.5), ("f32le", "00004841", 12.5),
    ],
)  # fmt: skip
def test_every_type_is_read(kind: ByteType, radio: str, expected: float) -> None:
    """From where it starts, behind a byte that is another field's."""
    layout = ByteLayout(port=1, fields=[ByteField(field="n", at=1, type=kind)])
    assert fits(layout, b"\x99" + bytes.fromhex(radio))
    assert fields_of(layout, b"\x99" + bytes.fromhex(radio)) == {"n": expected}
    assert not fits(layout, bytes.fromhex(radio))


def test_a_factor_gives_the_number_that_is_meant() -> None:
    """248 hundredths of a volt are 2.48 V, not 2.4800000000000004."""
    layout = ByteLayout(port=1, fields=[ByteField(field="v", at=0, type="u16be", factor=0.01)])
    assert fields_of(layout, b"\x00\xf8") == {"v": 2.48}


@pytest.mark.parametrize("radio", ["7fc00000", "7f800000", "ff800000"])
def test_what_is_no_number_was_not_measured(radio: str) -> None:
    """Not a number, and the infinities: nothing that a count or an average can hold."""
    assert fields_of(ByteLayout(port=1, fields=[ByteField(field="n", at=0, type="f32be")]), bytes.fromhex(radio)) == {
        "n": None
    }


@pytest.mark.parametrize(("at", "radio"), [(-1, b"\x01\x02"), (1, b"\x01\x02")])
def test_what_is_not_within_the_bytes_is_an_error(at: int, radio: bytes) -> None:
    """A layout that the registry let through ends one message, not the bridge."""
    with pytest.raises(ValueError, match="not within 2 bytes"):
        fields_of(ByteLayout(port=1, length=2, fields=[ByteField(field="n", at=at, type="u16be")]), radio)


@pytest.mark.parametrize("text", ["AAE", "A A=", "00:11", "AAE=x", "zz", "é", "A" * 600])
def test_what_is_no_payload_has_no_bytes(text: str) -> None:
    """Neither base64 nor hexadecimal digits, or longer than a frame."""
    assert from_base64(text) is None
    assert from_hex(text) is None


def test_a_payload_may_stay_where_it_fits_a_layout() -> None:
    """Three bytes of one profile; nothing of a device without layouts, nor of another length."""
    device = of('layout = [{ port = 1, length = 3, fields = [{ field = "n", at = 0, type = "u8" }] }]')
    sent = ("AQID", "AQI=", "Jansen", "")
    assert [form_of_radio(device)(text) for text in sent] == ["AQID", None, None, None]
    sent = ("010203", "0102", "Jansen", "")
    assert [form_of_radio(device, from_hex)(text) for text in sent] == ["010203", None, None, None]
    assert form_of_radio(of("", "n"))("AQID") is None
    assert form_of_radio(None)("AQID") is None
