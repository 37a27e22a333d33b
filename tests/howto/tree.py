"""A throw-away copy of the repository in which a page of docs/howto is followed, block by block."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_NAMED: Final = re.compile(r"(?:#|--) (\S+/\S+)\n(.*)", re.DOTALL)


class Block(NamedTuple):
    """One block of code of a page: its language, the file that its first line names (a script has none), the rest."""

    language: str
    file: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Give the blocks of a page of docs/howto in their order."""
    for language, text in _BLOCK.findall((ROOT / "docs" / "howto" / page).read_text("utf-8")):
        named = _NAMED.fullmatch(text) if language != "sh" else None
        yield Block(language, named[1], named[2]) if named else Block(language, "", text)


class Tree:
    """The files of the repository, copied to a folder; commands run there find these files before the real ones."""

    def __init__(self, folder: Path) -> None:
        """Copy what git knows and what is new."""
        self.folder = folder
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, listed.decode().split("\0")):
            if (ROOT / name).is_file() and not name.endswith(".csv.gz"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)

    def follow(self, page: str, environment: Mapping[str, str] | None = None) -> list[str]:
        """Do what a page says: write its new files, make its changes, run its scripts; answer what these printed."""
        printed = []
        for block in blocks(page):
            match block:
                case Block("sh", _, script):
                    printed.append(self.run(script, environment or {}))
                case Block("diff", file, text):
                    self.change(file, text)
                case Block(_, file, text) if file:
                    (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
                    (self.folder / file).write_text(text, "utf-8")
        return printed

    def change(self, file: str, text: str) -> None:
        """Replace the lines that stay (` `) or go (`-`) by those that stay or come (`+`); they stand there once."""
        lines = text.splitlines(keepends=True)
        before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
        after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
        whole = (self.folder / file).read_text("utf-8")
        assert whole.count(before) == 1, f"{file} does not have these lines once:\n{before}"
        (self.folder / file).write_text(whole.replace(before, after), "utf-8")

    def run(self, script: str, environment: Mapping[str, str]) -> str:
        """Run lines of a shell in the tree, with its commands on the path; the page is wrong where they fail."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        inside = {**os.environ, "PATH": path, "PYTHONPATH": str(self.folder), **environment}
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(
            command, cwd=self.folder, env=inside, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout
