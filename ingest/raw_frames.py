"""The messages of a frame of topic `raw`, as far as it is whole."""

import logging
from typing import Any

import msgspec

from schemas.frames import FrameDamagedError, unpack_raw
from schemas.observation import RawMessage


def unpacked(record: Any, log: logging.Logger) -> list[RawMessage]:  # noqa: ANN401 - aiokafka ships no types
    """Unpack a record; a damaged one is logged and passed over, so that whoever reads the topic goes on."""
    try:
        return unpack_raw(record.value, record.headers)
    except (FrameDamagedError, msgspec.MsgspecError) as damaged:
        place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        log.error("a damaged frame is passed over: %s", damaged, extra=place)  # noqa: TRY400 - no fault of the code
        return []
