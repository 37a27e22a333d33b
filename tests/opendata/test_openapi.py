"""The description of `/v1` is sound, Dutch, and judged by the published rules."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from opendata.app import openapi
from opendata.v1.document import Publisher
from opendata.v1.parameters import Noemer, Vervoerwijze
from opendata.vocabulary import DENOMINATORS, MODES

ROOT = Path(__file__).parents[2]
RULES = ROOT.parent / "shared" / "standards" / "adr" / "linter.yaml"
EXAMPLE = Publisher("Gemeente Voorbeeld", "data@voorbeeld.example", "https://voorbeeld.example", "CC-BY-4.0")
SPECTRAL = ROOT / ".local" / "judges" / "node_modules" / ".bin" / "spectral"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document, without a database."""
    return openapi(EXAMPLE)


@pytest.mark.pure
def test_the_document_is_openapi(described: dict[str, Any]) -> None:
    """By the specification's own schema."""
    validate(described)


@pytest.mark.pure
def test_the_document_says_of_its_publisher_only_what_it_is_told(described: dict[str, Any]) -> None:
    """Licence and address are the registry's, never ours."""
    assert described["info"]["license"] == {
        "name": "CC-BY-4.0",
        "url": "https://creativecommons.org/licenses/by/4.0/deed.nl",
    }
    assert described["info"]["contact"]["email"] == "data@voorbeeld.example"
    assert not {"license", "contact"} & openapi()["info"].keys()


@pytest.mark.pure
def test_every_operation_can_answer_400_and_503(described: dict[str, Any]) -> None:
    """And never 422."""
    for operations in described["paths"].values():
        assert {"200", "400", "503"} <= operations["get"]["responses"].keys()
        assert "422" not in operations["get"]["responses"]


@pytest.mark.pure
def test_words_of_the_surface_are_those_of_the_table() -> None:
    """The parameters offer every mode and denominator there is."""
    assert {mode.value for mode in Vervoerwijze} == set(MODES)
    assert {noemer.value for noemer in Noemer} == set(DENOMINATORS)


@pytest.mark.contracts
def test_the_dutch_api_design_rules_hold(described: dict[str, Any], tmp_path: Path) -> None:
    """No errors from their own linter."""
    if not RULES.is_file():
        pytest.skip(f"the rule set is not here: {RULES.name} is published by Geonovum and not copied into this project")
    node = shutil.which("node", path=f"{os.environ['PATH']}{os.pathsep}{Path(sys.executable).parent}")
    if not SPECTRAL.exists() or node is None:
        pytest.skip("spectral is not here: `make test` installs it from tests/judges with npm")
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(described))
    command = [node, str(SPECTRAL), "lint", "--ruleset", str(RULES), "--format", "json", "--quiet", str(document)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    errors = [finding for finding in json.loads(checked.stdout or "[]") if finding["severity"] == 0]
    assert errors == [], checked.stderr
