"""The first hour of an operator, followed: what its page says to publish is published, and found where it says."""

import re
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from operations.console import accounts, passwords
from tests.journeys.page import blocks
from tests.journeys.test_howto import typed
from tests.operations.console_visitor import ConsoleVisitor
from tests.services import wait_until

pytestmark = pytest.mark.journeys


@pytest.fixture
def operator(stack: Stack) -> Iterator[ConsoleVisitor]:
    """Somebody who is logged in at the console of the stack."""
    settings, password = stack.settings(), passwords.generated()
    with accounts.connected(str(settings.postgres)) as session:
        accounts.add(session, "first-hour", "operator", password, by="tests")
    visitor = ConsoleVisitor(str(settings.console_url), str(settings.postgres))
    assert visitor.log_in("first-hour", password).status_code == 303
    visitor.token = visitor.http.cookies["doorfiets_console"]
    yield visitor
    with accounts.connected(str(settings.postgres)) as session:
        accounts.disable(session, "first-hour", by="tests")


def test_the_first_hour_works_as_it_stands(stack: Stack, operator: ConsoleVisitor) -> None:
    """Each break is found on the page that is named for it."""
    registering = "\n".join(blocks("sensors.md", "sh")[:1])
    (publishing,) = blocks("first-hour.md", "sh")
    done = typed(stack, f"{registering}\n{publishing}")
    assert done.returncode == 0, done.stdout + done.stderr

    def page(path: str) -> str:
        answer = operator.get(f"/en{path}")
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    def of_feed() -> str:
        found = re.search(r'href="/en/feeds/(\d+)">Bicycles[^<]*beilerstraat', page("/feeds?place=beilerstraat"))
        return page(f"/feeds/{found[1]}") if found else ""

    def refused(sensor: str, *reasons: str) -> bool:
        return any(sensor in page(f"/rejections?reason={reason}") for reason in reasons)

    wait_until(lambda: refused("beilerstraat-9", "unknown_sensor"), "a device that nobody registered is refused")
    wait_until(lambda: refused("beilerstraat-1", "from_the_future"), "a quarter of tomorrow is refused")
    wait_until(lambda: refused("beilerstraat-1", "not_an_object", "malformed"), "what is no JSON is refused")
    wait_until(lambda: "revision 2" in of_feed(), "another value for the same quarter has revision 2")
    feed = of_feed()
    assert re.search(r"1 duplicates, 1 corrections", feed)
    assert "99,999" in feed
    answer = operator.post("/en/replays", reason="unknown_sensor", sensor="beilerstraat-9")
    assert answer.status_code == 303
    entered = operator.post(
        "/en/exclusions", kind="exclude", subject="beilerstraat", **{"from": "2026-05-12", "to": "2026-05-13"},
        reason="een ochtend", do="enter",
    )  # fmt: skip
    entry = entered.headers["location"].split("/")[-1].partition("?")[0]
    assert operator.post(f"/en/exclusions/{entry}/undo", reason="toch goed").status_code == 303
    audit = page("/audit?account=first-hour")
    for act in ("log in", "decode again", "take back"):
        assert f">{act}<" in audit, act
