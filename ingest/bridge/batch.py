"""A batch of heard messages becomes the frames that Kafka has to hold before they are acknowledged."""

from collections import defaultdict
from collections.abc import Sequence

from ingest.bridge.inbox import Arrival
from ingest.dialects import read, sensor_of
from ingest.framing import Addressed, Packer
from schemas.observation import Heard, Observation
from schemas.rejection import Rejection
from schemas.topics import HEARD, OBSERVATIONS, REJECTIONS, partition_of


def frames_of(arrivals: Sequence[Arrival], packer: Packer, partitions: int) -> list[Addressed]:
    """Turn a batch into frames: raw bytes for `heard`, and either observations or one rejection of every message."""
    heard: dict[int, list[Heard]] = defaultdict(list)
    observations: dict[int, list[Observation]] = defaultdict(list)
    rejections: dict[int, list[Rejection]] = defaultdict(list)
    for _, _, heard_at, topic, payload in arrivals:
        partition = partition_of(sensor_of(topic) or topic, partitions)
        outcome = read(topic, payload, heard_at)
        if isinstance(outcome, Rejection):
            rejections[partition].append(outcome)
            if outcome.payload is None:
                continue  # personal data is kept nowhere
        else:
            observations[partition] += outcome
        heard[partition].append(Heard(heard_at, topic, payload))
    return [
        *packer.pack(HEARD.name, heard),
        *packer.pack(OBSERVATIONS.name, observations),
        *packer.pack(REJECTIONS.name, rejections),
    ]
