"""What strangers sent is shown whole, and can do nothing to a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.payloads import card, head, safe, shown

pytestmark = pytest.mark.pure


def test_text_is_shown_as_text() -> None:
    """As it was sent, umlauts, tabs and lines included."""
    assert shown('{"naam":\t"Körfez",\n "n": 5}\n'.encode()) == '{"naam":\t"Körfez",\n "n": 5}'


@pytest.mark.parametrize("payload", [b"\xff\xfe{}", b"\x1b]0;title\x07", "rtl \u202e".encode(), b"a\rb", b"\x00"])
def test_what_is_no_harmless_text_is_shown_in_hexadecimals(payload: bytes) -> None:
    """Every byte of it can be read back."""
    read = b"".join(bytes.fromhex(line[10:57]) for line in shown(payload).splitlines())
    assert read == payload


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ('{"naam": "Körfez"}'.encode(), '{"naam": "Körfez"}'),
        ("Körf".encode()[:2], "K"),
        (b"a\\b\xff\x00", "a\\b\\xff\x00"),
        (None, None),
    ],
)
def test_the_head_of_a_payload_has_its_letters(payload: bytes | None, text: str | None) -> None:
    """One that is cut off at the end is left out; a list escapes what cannot be printed."""
    assert head(payload) == text


@given(st.binary(max_size=200))
def test_whatever_was_sent_nothing_steers_the_terminal(payload: bytes) -> None:
    """Neither escapes nor a change of direction."""
    assert shown(payload).replace("\n", "").replace("\t", "").isprintable()


@given(st.text(alphabet=st.characters(), max_size=50))
def test_a_text_of_a_table_is_one_harmless_line(text: str) -> None:
    """Details and topics quote what strangers sent."""
    assert safe(text).isprintable()


@pytest.mark.parametrize(
    ("reason", "why"), [("malformed", "(DOORFIETS_SEAL_KEYS)"), ("too_large", "than the log takes")]
)
def test_a_payload_that_was_not_kept_is_not_there_to_be_shown(reason: str, why: str) -> None:
    """The card says why."""
    assert card({"id": "5f", "reason": reason, "payload": None}).splitlines()[-1].endswith(why)


def test_what_is_sealed_is_shown_while_its_key_is_there() -> None:
    """Then until when; afterwards that it is gone, and nothing of the sealed bytes."""
    message = {"id": "5f", "reason": "malformed", "payload": b"sealed 2026-11-29 \x00\x01"}
    *_, head, content = card(message, lambda sealed: b"{broken" if sealed == message["payload"] else None).splitlines()
    assert (head, content) == ("payload:        7 bytes, sealed, until 2026-12-06", "{broken")
    assert card(message).splitlines()[-1] == (
        "payload:        sealed on 2026-11-29: what cannot be parsed is kept for 7 days,"
        " and its key is not here or is gone"
    )
