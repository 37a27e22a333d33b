"""The whole platform, the browser of the machine, and what a machine can tell of the rules of accessibility."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from _pytest.mark.structures import ParameterSet
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.local.stack import Stack

CHROMIUM: Final = shutil.which("chromium")
AXE: Final = Path(__file__).parents[2] / ".local" / "judges" / "node_modules" / "axe-core" / "axe.min.js"
SOFTWARE_GL: Final = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
"""WebGL for maps on a machine without a graphics card."""
RULES: Final = """async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']
    const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
    return found.violations.map(one => [one.id, one.nodes[0].target])
}"""
"""Only what is broken is described: to describe what is right of a large page takes seconds."""
PageJudge: TypeAlias = Callable[[Page], list[tuple[Any, Any]]]


def looks(paths: Sequence[str]) -> list[ParameterSet]:
    """Give each page in one of two looks, in turn, and at night in the other one: wide and light, narrow and dark.

    Pages of two languages stand beside each other, so that each is seen in both at each push.
    """
    wide_and_narrow = ((1280, "light"), (320, "dark"))
    return [
        pytest.param(path, *look, marks=() if number % 2 == first else pytest.mark.night)
        for number, path in enumerate(paths)
        for first, look in enumerate(wide_and_narrow)
    ]


@pytest.fixture(scope="session")
def stack(platform: Stack) -> Stack:
    """Give the whole platform in place of its services."""
    return platform


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of the machine, never one from the internet."""
    if CHROMIUM is None:
        pytest.skip("no chromium on PATH: `make test` installs it")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.getuid() != 0, args=SOFTWARE_GL)


@pytest.fixture(scope="session")
def violations() -> PageJudge:
    """Give what finds the violations of WCAG 2.1 A and AA on a page: each rule, with the first place that breaks it."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `make test` installs it from tests/judges with npm")

    def found(page: Page) -> list[tuple[Any, Any]]:
        page.evaluate(AXE.read_text("utf-8"))
        return [(rule, place) for rule, place in page.evaluate(RULES)]

    return found
