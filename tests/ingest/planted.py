"""Identifiers of people and things, planted in every place of messages, and the search for them afterwards."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote

from ingest.dialects import DIALECTS

QUARTER: Final = timedelta(minutes=15)
SENSOR: Final = "x-private"
FIELDS: Final = ("person", "plate", "image")
"""What the counted fields are called, and the channels of our own dialect: names as others forbid them."""

SOURCES: Final = (*FIELDS, *(f"bicycles/{field}" for field in FIELDS))

_CONSONANTS: Final = "bdfghjklmnprstvwxz"
_LATE: Final = "ghjklmnprstvwxz"
_VOWELS: Final = "aeiou"
_WORD: Final = re.compile(r"[A-Z]?[a-z]{1,11}|[A-Z]{1,12}")
Key: TypeAlias = tuple[str, str, datetime]
Document: TypeAlias = dict[str, Any]


class Identifier(NamedTuple):
    """Something that identifies somebody or something, as it is usually written."""

    kind: str
    text: str

    @property
    def bare(self) -> str:
        """Write it without separators."""
        return re.sub(r"[^A-Za-z0-9]", "", self.text)


class PlantedMessage(NamedTuple):
    """A message with an identifier in one place of it, and the counts in it that may not be lost."""

    topic: str
    payload: bytes
    readings: Mapping[Key, float]


def identifiers(draw: Random, number: int = 40) -> list[Identifier]:
    """Draw identifiers, of each kind in turn; no two are the same, and none is a word in any of its spellings."""
    kinds = [*_KINDS.items()]
    return [_no_word(kind, make, draw) for kind, make in (kinds[at % len(kinds)] for at in range(number))]


def _no_word(kind: str, make: Callable[[Random], str], draw: Random) -> Identifier:
    """Draw until no spelling is a word of small letters or capitals, as `TFNLNDVM` is (`LSK45L` in base64)."""
    while any(map(_WORD.fullmatch, spellings(drawn := Identifier(kind, make(draw))))):
        pass
    return drawn


def _digits(draw: Random, number: int) -> str:
    return str(draw.randrange(10 ** (number - 1), 10**number))


def _word(draw: Random, syllables: int) -> str:
    return "".join(draw.choice(_LATE) + draw.choice(_VOWELS) + draw.choice(_CONSONANTS) for _ in range(syllables))


def _pairs(draw: Random, number: int, separator: str) -> str:
    """Write bytes as hexadecimals, each with a digit in it, so that no chance makes a word of them."""
    return separator.join(f"{draw.randrange(10)}{draw.randrange(16):x}" for _ in range(number))


def _plate(draw: Random) -> str:
    letters = [draw.choice(_LATE).upper() for _ in range(4)]
    return draw.choice(("{0}{1}-{4}-{2}", "{0}-{4}-{1}{2}", "{0}{1}-{5}-{2}{3}", "{0}{1}{2}-{5}-{3}")).format(
        *letters, _digits(draw, 3), _digits(draw, 2)
    )


_KINDS: Final[dict[str, Callable[[Random], str]]] = {
    "MAC": lambda draw: _pairs(draw, 6, ":"),
    "number plate": _plate,
    "IMEI": lambda draw: _digits(draw, 15),
    "e-mail": lambda draw: f"{_word(draw, 2)}.{_word(draw, 2)}@{_word(draw, 2)}.nl",
    "phone": lambda draw: f"+31 6 {_digits(draw, 8)}",
    "BSN": lambda draw: _digits(draw, 9),
    "IBAN": lambda draw: f"NL{_digits(draw, 2)} {_word(draw, 2)[:4].upper()} 0{_digits(draw, 9)}",
    "IPv6": lambda draw: "2001:db8:" + ":".join(_pairs(draw, 2, "") for _ in range(6)),
    "name": lambda draw: f"{_word(draw, 2).title()} {_word(draw, 3).title()}",
    "driving licence": lambda draw: f"{_digits(draw, 5)}-{_digits(draw, 6)}",
    "image": lambda draw: base64.b64encode(b"\xff\xd8\xff\xe0" + draw.randbytes(45)).decode(),
    "Bluetooth UUID": lambda draw: "-".join(_pairs(draw, size, "") for size in (4, 2, 2, 2, 6)),
}


def spellings(one: Identifier) -> list[str]:
    """Write an identifier in every way that is searched for, and so in every way that is planted."""
    texts = dict.fromkeys((one.text, one.bare, one.text.upper(), one.text.lower(), one.bare.lower(), one.bare.upper()))
    encoded = [text.encode() for text in (one.text, one.bare)]
    return [
        *texts,
        *(base64.b64encode(text).decode() for text in encoded),
        *(text.hex() for text in encoded),
        *(text.hex().upper() for text in encoded),
        "".join(f"%{byte:02X}" for byte in encoded[0]),
        quote(one.text, safe=""),
        one.text[::-1],
    ]


class Search:
    """The search for identifiers in whatever was written."""

    def __init__(self, people: Sequence[Identifier]) -> None:
        """Take what is searched for."""
        self._exact = {
            base64.b64encode(text.encode()): one.text
            for one in people
            for text in (one.text, one.bare)
            if len(text) > 5
        }
        self._folded = {
            spelled.lower().encode(): one.text
            for one in people
            for spelled in spellings(one)
            if spelled.encode() not in self._exact
        }
        self._numbers = {spelled for spelled in self._folded if re.fullmatch(rb"\d{1,10}", spelled)}

    def hits(self, place: str, content: bytes) -> list[str]:
        """Name what is found, each with the place."""
        folded = content.lower()
        found = [text for spelled, text in self._exact.items() if spelled in content]
        found += [
            text for spelled, text in self._folded.items() if spelled in folded and self._stands_alone(spelled, folded)
        ]
        return [f"{text} in {place}" for text in found]

    def _stands_alone(self, spelled: bytes, content: bytes) -> bool:
        """Tell a short number from digits of a longer one, which any clock writes sooner or later."""
        return spelled not in self._numbers or bool(re.search(rb"(?<!\d)" + spelled + rb"(?!\d)", content))


def planted(draw: Random, people: Sequence[Identifier], since: datetime) -> list[PlantedMessage]:
    """Plant each identifier in every place, of messages with counts and of the examples of every dialect."""
    quarters = (since + number * QUARTER for number in range(1_000_000))
    uplinks = [_uplink(place, next(quarters), draw) for one in people for place in _places_of_an_uplink(one, draw)]
    quarters = (since + number * QUARTER for number in range(1_000_000))
    ours = [message for one in people for message in _messages_of_ours(one, quarters, draw)]
    return [*uplinks, *ours, *(message for one in people for message in _in_examples(one, draw))]


class Place(NamedTuple):
    """The application in the topic, and what comes into the envelope, the uplink and its decoded payload."""

    application: str
    envelope: Document
    uplink: Document
    payload: Document


def _places_of_an_uplink(one: Identifier, draw: Random) -> Iterator[Place]:
    written = spellings(one)
    keys = [text for text in written if _is_no_word(text)]

    def text() -> str:
        return draw.choice(written)

    application = re.sub(r"[+#/\s]", "", text()) or "x"
    yield Place(application, {}, {}, {})
    yield Place("a", {}, {}, {"note": text()})
    yield Place("a", {}, {}, {draw.choice(keys): 7})
    yield Place("a", {}, {}, {draw.choice(keys): {"list": [text(), {"x": text(), draw.choice(keys): [text()]}]}})
    yield Place("a", {"correlation_ids": [text(), text()], draw.choice(keys): text()}, {}, {})
    yield Place("a", {"end_device_ids": {"dev_eui": text(), "attributes": {"owner": text()}}}, {}, {})
    yield Place("a", {}, {"rx_metadata": [{"gateway_ids": {"eui": text()}, draw.choice(keys): 1}]}, {})
    yield Place(
        "a", {}, {"frm_payload": base64.b64encode(one.text.encode()).decode()}, {"bytes": [*one.text.encode()][:3]}
    )
    yield Place("a", {}, {"session_key_id": text(), "f_cnt": 7, "settings": {"time": text(), "frequency": text()}}, {})
    yield Place(
        "a", {}, {"version_ids": {"firmware_version": text()}, "locations": {draw.choice(keys): {"x": text()}}}, {}
    )
    digits = re.sub(r"\D", "", one.text)
    if len(digits) > 8:
        number = int(digits)
        yield Place(
            "a", {}, {"rssi": number, "f_cnt": digits}, {"serial": number, "list": [number, digits], "x": -number}
        )
        yield Place(
            "a", {}, {"consumed_airtime": float(number)}, {"serial": float(number), "n": {"n": [float(number)]}}
        )


def _uplink(place: Place, started_at: datetime, draw: Random) -> PlantedMessage:
    field, value = draw.choice(FIELDS), float(draw.randrange(1, 500))
    at = (started_at + timedelta(minutes=17)).isoformat()
    document: Document = {
        "received_at": at,
        **place.envelope,
        "end_device_ids": {"device_id": SENSOR, **place.envelope.get("end_device_ids", {})},
        "uplink_message": {"received_at": at, **place.uplink, "decoded_payload": {field: value, **place.payload}},
    }
    return PlantedMessage(
        f"v3/{place.application}/devices/{SENSOR}/up", _spelled(document, draw), {(SENSOR, field, started_at): value}
    )


def _messages_of_ours(one: Identifier, quarters: Iterator[datetime], draw: Random) -> Iterator[PlantedMessage]:
    """Plant where our own dialect has room for a word: the boot and a channel; and where it refuses what is there."""
    word = one.bare.lower()[:40]
    yield _ours({"boot": word, "seq": 7}, [], next(quarters), draw)
    if not word.isalpha():  # a name without separators is a word like any other
        yield _ours({}, [{"channel": word}], next(quarters), draw)
    for text in (one.text, draw.choice([text for text in spellings(one) if not text.isalpha()])):
        key = draw.choice([key for key in spellings(one) if _is_no_word(key)])
        for change in ({"boot": text}, {key: 1}, {"note": text}, {"sensor": text}):
            yield _ours(change, [], next(quarters), draw)._replace(readings={})
        for field in ("channel", "quantity", "unit", "start", "end", "value", key):
            yield _ours({}, [{field: text}], next(quarters), draw)._replace(readings={})


def _ours(top: Document, beside: Sequence[Document], started_at: datetime, draw: Random) -> PlantedMessage:
    field, value = draw.choice(FIELDS), draw.randrange(1, 500)
    reading = {
        "quantity": "bicycles", "start": started_at.isoformat(), "end": (started_at + QUARTER).isoformat(),
        "value": value, "unit": "1",
    }  # fmt: skip
    readings = [{**reading, "channel": field}, *({**reading, "channel": "other", **one} for one in beside)]
    payload = _spelled({"sensor": SENSOR, **top, "readings": readings}, draw)
    return PlantedMessage(f"sensors/{SENSOR}/data", payload, {(SENSOR, f"bicycles/{field}", started_at): float(value)})


def _in_examples(one: Identifier, draw: Random) -> Iterator[PlantedMessage]:
    """Plant in the examples of every dialect: at one text, one key, and where they cannot be parsed any more."""
    for topic, payload in ((example.topic, example.payload) for dialect in DIALECTS for example in dialect.examples):
        text = draw.choice(spellings(one))
        quoted = json.dumps(text).encode()
        for torn in (
            payload[: draw.randrange(len(payload))] + quoted,
            text.encode() + payload,
            payload + quoted,
            b'{"a":%s,"a":1,%s' % (quoted, payload[1:]),
            b"{%s:1,%s:2}" % (quoted, quoted),
            text.encode("utf-16"),
            b"[%s]" % quoted,
            quoted,
            b'{"a":%s' % (b"[" * 9 + quoted),
        ):
            yield PlantedMessage(topic, torn, {})
        for document in _changed(payload, text, draw):
            yield PlantedMessage(topic, _spelled(document, draw), {})


def _changed(payload: bytes, text: str, draw: Random) -> Iterator[Document]:
    try:
        right = json.loads(payload)
    except ValueError:
        return  # a dialect whose messages are no JSON has its own tests
    places = [*_places(right)]
    for path in draw.sample(places, min(3, len(places))):
        document = json.loads(payload)
        inner = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = text
        if isinstance(inner, dict) and _is_no_word(text):
            inner[text] = [text, {text: 1}]
        yield document


def _places(value: object) -> Iterator[list[Any]]:
    inner: Iterable[tuple[Any, object]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for step, below in inner:
        yield [step]
        yield from ([step, *path] for path in _places(below))


def _is_no_word(text: str) -> bool:
    """Tell what nobody would take for the name of a field: signs in it, or many digits."""
    return not text.isalnum() or not text.isascii() or sum(letter.isdigit() for letter in text) > 4 or len(text) < 7


def _spelled(document: Document, draw: Random) -> bytes:
    """Write JSON; sometimes every letter of a text is an escape."""
    written = json.dumps(document)
    if draw.random() < 0.2:
        return re.sub(r'"[^"\\]*"', lambda found: _escaped(found[0]), written).encode()
    return written.encode()


def _escaped(text: str) -> str:
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in text[1:-1]) + '"'
