"""Messages that must become rejections, each once and of its sensor; a number makes every one unique."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bench.chaos.messages import LoadMessage

_LETTERS: Final = 'abc \\/"{}[]:,\u00e9\u2028\ud7ff\U0001f6b2\x7f'
_DEEPEST: Final = 5
_LONG_AGO: Final = {"start": "2000-01-01T00:00:00Z", "end": "2000-01-01T00:01:00Z"}
_FAR_AHEAD: Final = {"start": "2099-01-01T00:00:00Z", "end": "2099-01-01T00:01:00Z"}
_NOWHERE: Final = {"start": "2026-10-25T02:30:00", "end": "2026-10-25T02:31:00"}


def malformed(number: int, sensor: str, draw: Random) -> LoadMessage:
    """Make a message that cannot be decoded, on the topic of a sensor."""
    payload = draw.choice(_WAYS)(number, sensor, draw)
    return LoadMessage(number, "malformed", sensor, f"sensors/{sensor}/data", payload)


def unknown(number: int, started_at: datetime) -> LoadMessage:
    """Make a valid message of a sensor that is not registered."""
    name = f"nobody-{number}"
    ends = {
        "start": f"{started_at:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{started_at + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    return LoadMessage(number, "unknown", name, f"sensors/{name}/data", _document(name, number, **ends))


def _document(sensor: str, number: int, **changes: object) -> bytes:
    reading = {"quantity": "bicycles", **_LONG_AGO, "value": number % 50, "unit": "1", **changes}
    return json.dumps({"sensor": sensor, "seq": number, "readings": [reading]}).encode()


def _strange(number: int, sensor: str, draw: Random) -> bytes:
    document = {"sensor": sensor, "seq": number, "readings": [_arbitrary(draw)], "more": _word(draw)}
    return json.dumps(document).encode()


def _arbitrary(draw: Random, depth: int = 0) -> object:
    if depth == _DEEPEST or draw.random() < 0.4:  # noqa: PLR2004 - leaves at any depth
        return draw.choice([None, True, -1, 10**30, 1e308, 0.5, _word(draw), [], {}])
    inner = [_arbitrary(draw, depth + 1) for _ in range(draw.randrange(4))]
    return draw.choice([inner, {_word(draw): one for one in inner}])


def _word(draw: Random) -> str:
    return "".join(draw.choice(_LETTERS) for _ in range(draw.randrange(6)))


_WAYS: Final[tuple[Callable[[int, str, Random], bytes], ...]] = (
    lambda number, sensor, _: b'{"sensor": "%s", "seq": %d, "readings": [' % (sensor.encode(), number),
    lambda number, sensor, _: _document(sensor, number, unit="km"),
    lambda number, sensor, _: _document(sensor, number, quantity="unicorns"),
    lambda number, sensor, _: _document(sensor, number, value=1.5),
    lambda number, sensor, _: _document(sensor, number, value=float("nan")),
    lambda number, sensor, _: _document(f"{sensor}-x", number),
    lambda number, sensor, _: _document(sensor, number),
    lambda number, sensor, _: _document(sensor, number, **_FAR_AHEAD),
    lambda number, sensor, _: _document(sensor, number, **_NOWHERE),
    lambda number, sensor, _: b"\xff\xfe\x00%d %s" % (number, sensor.encode()),
    lambda number, sensor, _: b'{"sensor": "%s", "\\ud800": %d}' % (sensor.encode(), number),
    lambda number, sensor, _: b'{"sensor": "%s\\ud800", "seq": %d, "readings": []}' % (sensor.encode(), number),
    lambda number, _, __: b"[" * 5_000 + b"%d" % number,
    _strange,
)
