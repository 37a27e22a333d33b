"""The metrics of a process of the platform, read as Prometheus reads them."""

from typing import Final
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

_PATIENCE: Final = 2.0


def read(host: str, port: int) -> dict[str, float]:
    """Return the values of all samples without labels, by name; raise OSError when the process does not answer."""
    with urlopen(f"http://{host}:{port}/metrics", timeout=_PATIENCE) as answer:
        text = answer.read().decode()
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {sample.name: sample.value for sample in samples if not sample.labels}
