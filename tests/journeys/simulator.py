"""Test sensors that publish messages over MQTT, and everything a journey does to a stack."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from deploy.local.stack import Stack
from deploy.settings import write
from schemas import named_sql
from tests.journeys.sent_messages import Message, SentMessages
from tests.services import kill, wait_until_none_waits

ROOT = Path(__file__).resolve().parents[2]
_SQL = named_sql.parse(Path(__file__).with_name("sent_messages.sql").read_text("utf-8"))


class SimulatorClient:
    """One MQTT connection of the user `simulator`, publishing in the background."""

    def __init__(self, stack: Stack, name: str) -> None:
        """Connect; raises OSError when the broker does not answer."""
        host, _, port = str(stack.settings().mqtt).rpartition(":")
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"simulator-{name}", protocol=mqtt.MQTTv5)
        self._client.username_pw_set("simulator", stack.layout.password("simulator").read_text("utf-8").strip())
        self._client.max_inflight_messages_set(500)
        self._client.connect(host, int(port), keepalive=60)
        self._client.loop_start()

    def publish(
        self, messages: Iterable[Message], sent_messages: SentMessages, *, per_second: int | None = None
    ) -> None:
        """Publish all messages at QoS 1 and wait until the broker has acknowledged each."""
        started, sent = time.monotonic(), []
        for number, message in enumerate(messages, 1):
            sent_messages.note(message.readings)
            sent.append(self._client.publish(message.topic, message.payload, qos=1))
            if per_second and number % 100 == 0:
                time.sleep(max(0.0, started + number / per_second - time.monotonic()))
        for info in sent:
            info.wait_for_publish(120)

    def in_background(self, messages: Iterable[Message], sent_messages: SentMessages, *, per_second: int) -> Thread:
        """Publish in a thread of its own."""
        thread = Thread(target=self.publish, args=(messages, sent_messages), kwargs={"per_second": per_second})
        thread.start()
        return thread

    def leave(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


def doorfiets(stack: Stack, *words: str | Path, **more: str) -> subprocess.Popen[str]:
    """Start the command line as a person would, for this stack; `more` changes the environment."""
    environment = os.environ | write(stack.settings()) | more
    command: Sequence[str] = [sys.executable, "-u", "-P", "-m", "deploy", *map(str, words)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def kill_and_time(stack: Stack, victim: str) -> float:
    """Kill a service (PostgreSQL: stop it at once), wait until it is ready again, answer the seconds that took."""
    struck = time.monotonic()
    kill(stack, victim)
    stack.wait(victim, patience=60)
    return time.monotonic() - struck


def one(database: psycopg.Connection[Any], query: str, *values: object) -> Any:  # noqa: ANN401 - whatever the query gives
    """Ask for one value."""
    row = database.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def settle(database: psycopg.Connection[Any], sent_messages: SentMessages) -> None:
    """Wait until everything that was sent is stored and no bucket is dirty."""
    _load(database, sent_messages)
    wait_until_none_waits(
        lambda: max(0, len(sent_messages.values) - int(one(database, _SQL["stored"]))), "the whole of it is stored"
    )
    wait_until_none_waits(lambda: int(one(database, "SELECT count(*) FROM doorfiets.dirty_hour")), "no bucket is dirty")


def strangers(database: psycopg.Connection[Any], sent_messages: SentMessages) -> list[tuple[Any, ...]]:
    """Give up to five readings of these sensors that are missing, altered or were never sent."""
    _load(database, sent_messages)
    return database.execute(_SQL["strangers"].encode()).fetchall()


def counted(database: psycopg.Connection[Any], sensors: str) -> int:
    """Say how many readings of sensors whose id begins so were counted as new."""
    return int(one(database, _SQL["counted_by_feeds"], f"{sensors}%"))


def _load(database: psycopg.Connection[Any], sent_messages: SentMessages) -> None:
    database.execute(_SQL["create"].encode())
    database.execute(b"TRUNCATE sent")
    with database.cursor() as cursor, cursor.copy(b"COPY sent FROM STDIN") as copy:
        for (sensor, source, started_at), value in sent_messages.values.items():
            copy.write_row((sensor, source, started_at, value))
