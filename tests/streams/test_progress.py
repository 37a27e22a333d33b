"""What a worker lets its supervisor know, on a disk that takes no byte."""

import os
from functools import partial
from pathlib import Path

import pytest

from streams.progress import Progress

pytestmark = pytest.mark.contracts


def test_the_ready_file_says_who_is_at_work(tmp_path: Path) -> None:
    """From the first assignment until the end."""
    file = tmp_path / "run" / "store.ready"
    progress = Progress(file)
    progress.tick(behind=False)
    assert not file.exists()
    progress.ready()
    progress.made()
    assert file.read_text() == f"{os.getpid()}\n"
    progress.gone()
    progress.tick(behind=False)
    assert not file.exists()


def test_a_ready_file_that_cannot_be_written_is_written_later(tmp_path: Path) -> None:
    """A full disk ends no worker, and does not leave it unready for ever."""
    file = tmp_path / "store.ready"
    progress = Progress(file)
    file.symlink_to("/dev/full")
    progress.ready()
    progress.made()
    progress.tick(behind=True)
    file.unlink()
    progress.tick(behind=True)
    assert file.read_text() == f"{os.getpid()}\n"


def test_a_ready_file_that_was_taken_away_comes_back_with_the_next_progress(tmp_path: Path) -> None:
    """Whoever tidied up took no worker with it; one that is gone stays gone."""
    file = tmp_path / "run" / "store.ready"
    progress = Progress(file)
    progress.ready()
    for sign in (partial(progress.tick, behind=False), progress.made):
        file.unlink()
        sign()
        assert file.read_text() == f"{os.getpid()}\n"
    progress.gone()
    progress.made()
    progress.tick(behind=False)
    assert not file.exists()
