"""The delay from a sensor's publication until the public interface shows the number, at rest and under load."""

import time
from typing import Final

from bench.broker import Client
from bench.command import doorfiets
from bench.environment import BenchEnvironment
from bench.load_sensors import LoadSensors
from bench.measurements import Measurement, delays
from bench.probes import PAUSE, Watch, probes
from bench.reading_store import ReadingStore
from deploy.local.simulator import clock
from deploy.local.simulator.access import broker_of
from deploy.local.simulator.publisher import SensorPublisher
from schemas.observation import Observation

LOAD: Final = LoadSensors("load", 500, 60)
LOADED, RESTED, SINGLE = LoadSensors("loaded", 1, 3600), LoadSensors("rested", 1, 3600), LoadSensors("single", 1, 3600)
LOADS: Final = (LOAD, LOADED, RESTED, SINGLE)
RATE: Final = 2000
_PATIENCE: Final = 60.0
_WARMING: Final = 2.0  # seconds until the load runs


def measure(environment: BenchEnvironment, count: int, seconds: int) -> list[Measurement]:
    """Time `count` probes beside a load of `RATE` messages a second, and as many without one."""
    rested, loaded = (list(probes(load, count, clock.now())) for load in (RESTED, LOADED))
    load = ("--count", RATE * seconds, "--rate", RATE, "--sensors", LOAD.sensors, "--interval", LOAD.interval)
    with SensorPublisher(broker_of(environment.settings)) as publisher:
        environment.tell(f"  {count} probes at rest")
        quiet = _watch(environment, RESTED, publisher)
        _spread(quiet, rested, seconds)
        environment.tell(f"  {count} probes beside {RATE:,} messages/s for {seconds} s")
        busy, began = _watch(environment, LOADED, publisher), time.monotonic()
        with doorfiets(
            environment.settings, "simulate", *map(str, load), "--sent-file", environment.folder / "load.csv"
        ):
            time.sleep(_WARMING)
            _spread(busy, loaded, seconds - 2 * _WARMING)
    arrived = ReadingStore(environment.stack, LOAD.prefix + "-").wait(RATE * seconds, environment.tell, _PATIENCE)
    bench = f"Delay: {count} probes beside a load of {LOAD.sensors} sensors"
    return [
        _achieved(bench, RATE * seconds / (arrived.stored_at - began)),
        *delays(bench, "published until shown, under load", busy.took, quiet.took, "at rest"),
        *delays(bench, "one request, under load", busy.request_seconds, quiet.request_seconds, "at rest"),
    ]


def measure_single(environment: BenchEnvironment, count: int) -> list[Measurement]:
    """Time messages of Mosquitto's own client, one after another, without a load."""
    client, published = Client(environment.stack, environment.folder), []
    watch = Watch(str(environment.stack.settings().public_url), SINGLE.names[0], client.publish)
    environment.tell(f"  {count} messages of mosquitto_pub, one after another")
    for seen in probes(SINGLE, count, clock.now()):
        began = time.monotonic()
        watch.send(seen)
        published.append(time.monotonic() - began)
        watch.finish()
    bench = f"Single: {count} messages of mosquitto_pub, one after another"
    return delays(bench, "published until shown", watch.took, published, "mosquitto_pub itself")


def _achieved(bench: str, rate: float) -> Measurement:
    what, beside_what = "load, from its start until stored", "asked for"
    return Measurement(bench=bench, what=what, value=rate, unit="messages/s", beside=RATE, beside_what=beside_what)


def _watch(environment: BenchEnvironment, load: LoadSensors, publisher: SensorPublisher) -> Watch:
    return Watch(str(environment.stack.settings().public_url), load.names[0], publisher.publish)


def _spread(watch: Watch, seen: list[Observation], seconds: float) -> None:
    """Publish probes evenly over `seconds`, and look for them continually."""
    began = time.monotonic()
    for number, one in enumerate(seen):
        while time.monotonic() < began + number * seconds / len(seen):
            watch.look()
            time.sleep(PAUSE)
        watch.send(one)
    watch.finish()
