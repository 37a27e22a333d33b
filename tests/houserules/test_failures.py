"""Every exception of ours says what a command that ends with it tells a program, or never leaves where it is raised."""

import ast
from collections.abc import Iterator
from importlib import import_module
from typing import Final

import pytest

from deploy.cli import exit_code
from tests.houserules.test_repository import ROOMS, ROOT

pytestmark = pytest.mark.pure

WITHIN: Final = {
    "dashboards.alerting.evaluate.UnfitResultError": "an evaluated alert of state error, or a problem of a query",
    "dashboards.macros.MacroError": "a problem in the report of a query",
    "ingest.bridge.packets.MalformedPacketError": "the session gives the connection up",
    "ingest.dialects.refusal.RefusedError": "becomes a rejection",
    "ingest.history.local_time.NoSuchHourError": "becomes a problem of a row",
    "ingest.history.local_time.SlotTwiceError": "likewise",
    "ingest.history.unreadable.FileUnreadableError": "becomes ImportRefusedError",
    "ingest.http.credentials.TooManyPasswordsError": "becomes an answer of HTTP",
    "ingest.http.problems.ProblemError": "likewise",
    "ingest.pollers.client.AnswerFailedError": "the poller asks again later",
    "ingest.pollers.client.HostBusyError": "likewise",
    "ingest.pollers.client.SourceRefusedError": "the poller tries slowly, and says why",
    "ingest.pollers.key_file.KeyFileRefusedError": "becomes PollersRefusedError, later SourceRefusedError",
    "ingest.pollers.poller.AnswerUnreadableError": "the poller asks again later",
    "opendata.database.DatabaseUnavailableError": "becomes an answer of HTTP",
    "opendata.database.QuestionTooLongError": "likewise",
    "opendata.read.owners.UnknownOwnerError": "a bug, answered with 500",
    "opendata.coordinates.OutsideReferenceSystemError": "becomes an answer of HTTP",
    "opendata.v1.cursor.CursorRefusedError": "likewise",
    "opendata.v1.intervals.RangeRefusedError": "likewise",
    "opendata.v1.problems.MistakesError": "likewise",
    "operations.alerts.receivers.receiver.DeliveryFailedError": "the message waits, and is sent again",
    "operations.alerts.secret_file.SecretFileRefusedError": "becomes AlertsRefusedError, later DeliveryFailedError",
    "operations.console.passwords.HashingBusyError": "becomes an answer of HTTP",
    "operations.condition.questions.SiteUnreadyError": "a problem in the condition of a stack",
    "operations.doctor.checks.DoubtfulError": "a finding of the doctor",
    "operations.doctor.checks.NotAsExpectedError": "likewise",
    "schemas.failures.ExpectedError": "the three below it have codes",
    "schemas.frames.FrameDamagedError": "the record is set aside",
    "streams.domain.fence.FenceError": "the worker ends, with code 1 and a line in its log",
    "streams.topic_identity.TopicRemadeError": "likewise",
    "streams.retries.StoreUnavailableError": "likewise",
}
"""Exceptions that no command ends with, and what becomes of them."""


def exceptions() -> Iterator[str]:
    """Name every class of ours that is called an error, with its module."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                    yield f"{module}.{node.name}"


def test_every_exception_has_its_exit_code_or_stays_within() -> None:
    """1 a check failed, 2 wrong usage, 3 a service is missing; whatever has none is a bug, with its traceback."""
    without = set()
    for name in exceptions():
        module, _, of_ours = name.rpartition(".")
        kind = getattr(import_module(module), of_ours)
        if exit_code(kind.__new__(kind)) not in {1, 2, 3}:
            without.add(name)
    assert without == set(WITHIN)
