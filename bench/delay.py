"""How long does it take from a sensor's publication until the public sees the number, at rest and under load?"""

import time
from typing import Final

from bench.broker import Client
from bench.command import doorfiets
from bench.crowd import Crowd
from bench.figures import Figure, delays
from bench.ground import Ground
from bench.probes import PAUSE, Watch, probes
from bench.store import Store
from deploy.local.street import clock
from deploy.local.street.access import broker_of
from deploy.local.street.mouth import Mouth
from schemas.observation import Observation

LOAD: Final = Crowd("load", 500, 60)
LOADED, RESTED, SINGLE = Crowd("loaded", 1, 3600), Crowd("rested", 1, 3600), Crowd("single", 1, 3600)
CROWDS: Final = (LOAD, LOADED, RESTED, SINGLE)
RATE: Final = 2000
_PATIENCE: Final = 60.0
_WARMING: Final = 2.0  # seconds until the load has begun


def measure(ground: Ground, count: int, seconds: int) -> list[Figure]:
    """Follow probes while `RATE` messages a second come in beside them, and others while nothing does."""
    rested, loaded = (list(probes(crowd, count, clock.now())) for crowd in (RESTED, LOADED))
    load = ("--count", RATE * seconds, "--rate", RATE, "--sensors", LOAD.sensors, "--interval", LOAD.interval)
    with Mouth(broker_of(ground.settings)) as mouth:
        ground.tell(f"  {count} probes at rest")
        quiet = _watch(ground, RESTED, mouth)
        _spread(quiet, rested, seconds)
        ground.tell(f"  {count} probes beside {RATE:,} messages/s for {seconds} s")
        busy, began = _watch(ground, LOADED, mouth), time.monotonic()
        with doorfiets(ground.settings, "simulate", *map(str, load), "--ledger", ground.folder / "load.csv"):
            time.sleep(_WARMING)
            _spread(busy, loaded, seconds - 2 * _WARMING)
    arrived = Store(ground.stack, LOAD.prefix + "-").wait(RATE * seconds, ground.tell, _PATIENCE)
    bench = f"Delay: {count} probes beside a load of {LOAD.sensors} sensors"
    return [
        _achieved(bench, RATE * seconds / (arrived.stored_at - began)),
        *delays(bench, "published until shown, under load", busy.took, quiet.took, "at rest"),
        *delays(bench, "one request, under load", busy.asked, quiet.asked, "at rest"),
    ]


def measure_single(ground: Ground, count: int) -> list[Figure]:
    """Follow one message of Mosquitto's own client after another on a quiet stack."""
    client, published = Client(ground.stack, ground.folder), []
    watch = Watch(str(ground.stack.settings().public_url), SINGLE.names[0], client.publish)
    ground.tell(f"  {count} messages of mosquitto_pub, one after another")
    for seen in probes(SINGLE, count, clock.now()):
        began = time.monotonic()
        watch.say(seen)
        published.append(time.monotonic() - began)
        watch.finish()
    bench = f"Single: {count} messages of mosquitto_pub, one after another"
    return delays(bench, "published until shown", watch.took, published, "mosquitto_pub itself")


def _achieved(bench: str, rate: float) -> Figure:
    what, beside_what = "load, from its start until stored", "asked for"
    return Figure(bench=bench, what=what, value=rate, unit="messages/s", beside=RATE, beside_what=beside_what)


def _watch(ground: Ground, crowd: Crowd, mouth: Mouth) -> Watch:
    return Watch(str(ground.stack.settings().public_url), crowd.names[0], mouth.say)


def _spread(watch: Watch, seen: list[Observation], seconds: float) -> None:
    """Publish probes evenly over some seconds, and look for them all the time."""
    began = time.monotonic()
    for number, one in enumerate(seen):
        while time.monotonic() < began + number * seconds / len(seen):
            watch.look()
            time.sleep(PAUSE)
        watch.say(one)
    watch.finish()
