"""Whatever a judge of others makes up from the document of `/v1`: never an error of the server, never another shape."""

import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Final

import httpx
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS, city.INDICATORS, city.OUTAGES)
CHECKS: Final = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES: Final = os.environ.get("FUZZ_EXAMPLES", "15")
"""So many cases of each operation are drawn, beside those that are the same each time."""
PATIENCE: Final = 3_000  # seconds


def test_what_a_judge_makes_up_is_answered_as_the_document_says(site: httpx.Client, tmp_path: Path) -> None:
    """Examples, limits of every parameter, and what is drawn at random, right and wrong."""
    judge = which("schemathesis", path=os.environ.get("FUZZ_JUDGE"))
    if judge is None:
        pytest.skip("schemathesis is not installed here: make fuzz")
    command = [
        str(Path(judge).absolute()), "run", f"{site.base_url}/v1/openapi.json", "--phases", "examples,coverage,fuzzing",
        "--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", "1", "--no-color", "--continue-on-failure",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
