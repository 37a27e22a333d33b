"""Every recording that holds counts or air, imported by the command line that the how-to gives for it, as a dry run."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest
from typer.testing import CliRunner

import deploy.import_options
from deploy.commands.history import app
from ingest.history.formats import Format
from ingest.history.importer import read_files, together
from ingest.history.profile import FileProfile
from schemas.observation import Observation

pytestmark = pytest.mark.pure

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
PAGE: Final = Path(__file__).parents[2] / "docs" / "howto" / "history.md"
NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_ROW: Final = re.compile(r"^\| ([^|]+) \| ([\d,]+) \| `doorfiets import ([^`]+)` \|$", re.MULTILINE)

without_shared = pytest.mark.skipif(not DATA.is_dir(), reason="the shared recordings are not here")


class Documented(NamedTuple):
    """One row of the page: what it is, how many observations it says, and the words of its command."""

    recording: str
    observations: int
    words: list[str]


def documented() -> list[Documented]:
    """Read the rows of the page."""
    return [
        Documented(found[1], int(found[2].replace(",", "")), shlex.split(found[3]))
        for found in _ROW.finditer(PAGE.read_text(encoding="utf-8"))
    ]


ROWS: Final = documented()

_Value: TypeAlias = tuple[str, str, str, int, float | None]
VALUES: Final[dict[str, list[_Value]]] = {  # by the recording: sensor, source, start and length of its interval, value
    "`muenster-15min`": [
        ("100031297", "101031297", "2024-09-30T22:00Z", 15, 0),
        ("100035541", "102035541", "2026-01-15T01:30Z", 15, 4),
    ],
    "its deliveries of January 2026": [("100035541", "101035541", "2026-01-15T01:30Z", 15, 0)],
    "`telraam-karlsruhe-hourly`": [
        ("9000008311", "bike", "2025-10-01T00:00Z", 60, None),
    ],
    "`telraam-montreal-15v60`, hours": [("10045", "bike/60min", "2024-10-14T04:00Z", 60, None)],
    "`telraam-montreal-15v60`, quarters": [("10045", "bike/15min", "2024-10-14T04:15Z", 15, None)],
    "`rivm-samenmeten-hourly`, kits": [
        ("hll-hl-device-001", "pm10_kal", "2020-02-06T23:00Z", 60, 23.765),
        ("hll-hl-device-001", "pm25", "2020-02-07T01:00Z", 60, 10.56),
    ],
    "`rivm-samenmeten-hourly`, stations": [
        ("nl49701", "no2", "2020-02-09T23:00Z", 60, 4.7),
        ("nl49561", "pm25", "2020-02-13T11:00Z", 60, -15.8),
    ],
    "`rivm-samenmeten-hourly`, weather beside them": [("knmi240", "temp", "2020-02-18T16:00Z", 60, 8.7)],
    "`samenmeten-snapshot-nl`": [
        ("ltd-40936", "pm10", "2022-12-06T16:00Z", 0, 1999.9),
        ("amf-pm002", "temp", "2022-12-06T16:00Z", 0, -99),
        ("ssk-lh030", "pm25", "2022-12-06T16:00Z", 0, 4.8),
    ],
    "`sensor-community`, archive": [
        ("sc-82312", "P2", "2024-07-11T04:03:38Z", 0, 1.5),
        ("sc-82313", "humidity", "2024-07-12T12:20:43Z", 0, 79.7),
        ("sc-82313", "pressure", "2024-07-12T08:13:45Z", 0, 99054.88),
    ],
    "`sensor-community`, data points": [
        ("sc-6475", "P2", "2018-06-03T20:46:58Z", 0, 9.62),
        ("sc-92", "P1", "2022-05-14T18:24:15Z", 0, 2.18),
    ],
    "`payloads/luchtmeetnet`": [
        ("nl01493", "no", "2024-11-07T22:00Z", 60, 10.5),
        ("nl01493", "o3", "2024-11-07T21:00Z", 60, -0.9),
    ],
    "`ndw-datex2`, v2": [
        ("pgr06-pgr01-gb-024-0", "v6/1", "2025-08-15T21:48Z", 1, 0),
        ("pgr06-pgr01-gb-024-0", "v6/2", "2025-08-15T21:48Z", 1, 1),
    ],
    "`ndw-datex2`, v3": [("rws01-monibas-0271hrl0063ra", "v1738/3", "2026-10-01T18:55Z", 1, 10)],
    "`field-inputs` i07 to i10": [("300099001", "101099001", "2026-11-06T07:45Z", 15, 7)],
    "`field-inputs` i14": [
        ("10045", "bike/60min", "2026-10-25T00:00Z", 60, 11),
        ("10045", "bike/60min", "2026-10-25T01:00Z", 60, 22),
    ],
}


@without_shared
@pytest.mark.parametrize("row", ROWS, ids=[row.recording for row in ROWS])
def test_a_recording_is_imported_as_the_page_says(row: Documented, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command itself reads as many observations as were counted by other means, with the values of the files."""
    chosen: list[tuple[Format, FileProfile]] = []
    profile_of = deploy.import_options.profile_of

    def noted(name: str, reading: Format, said: deploy.import_options.ImportOptions) -> FileProfile:
        chosen.append((reading, profile_of(name, reading, said)))
        return chosen[-1][1]

    monkeypatch.setattr(deploy.import_options, "profile_of", noted)
    words = list(expanded(row.words))
    done = CliRunner().invoke(app, ["--dry-run", *words])
    assert done.exit_code == 0, done.output
    assert f"{row.observations:,} observations in " in done.output
    ((reading, profile),) = chosen
    files = [Path(word) for word in words if word.startswith(str(DATA))]
    found = [
        one for group in together(files, reading) for one in read_files(group, profile, NOON, reading).observations
    ]
    assert len(found) == row.observations
    for sensor, source, start, minutes, value in VALUES.get(row.recording, []):
        those = there(found, sensor, source, datetime.fromisoformat(start))
        assert those, (sensor, source, start)
        assert those[-1].ended_at - those[-1].started_at == timedelta(minutes=minutes)
        assert those[-1].value == value


@without_shared
def test_no_recording_is_forgotten() -> None:
    """Each file is in a command, or in a folder or of a name that the page says holds no counts or air."""
    page = PAGE.read_text(encoding="utf-8")
    named = {Path(word) for row in ROWS for word in expanded(row.words) if word.startswith(str(DATA))}
    left = [
        str(file.relative_to(DATA))
        for file in DATA.rglob("*")
        if file.is_file() and file not in named and not _NOTHING.search(str(file.relative_to(DATA)))
    ]
    assert left == []
    for word in ("fietstelweek-links-nl", "/daily", "LKI", "payloads/senml", "geo-assen", "site_min.json"):
        assert word in page


_NOTHING: Final = re.compile(
    r"^(README|geo-|fietstelweek-links-nl/|payloads/(senml|ttn|airrohr-push|sensorthings|telraam-api|other-lpwan)/)|/daily/"
    r"|README|SITE_INDEX|site_min|devices\.json|reference_|overzicht_|concentrations_LKI|station_geleen|ndw-datex2/Measure"
    r"|field-inputs/(uplink|ours)-"
)


def expanded(words: list[str]) -> Iterator[str]:
    """Expand words as a shell does: the variable, and patterns of files in order."""
    for word in words:
        path = word.replace("$DATA", str(DATA))
        if path != word and set(word) & set("*?["):
            yield from sorted(map(str, DATA.glob(str(Path(path).relative_to(DATA)))))
        else:
            yield path


def there(found: list[Observation], sensor: str, source: str, start: datetime) -> list[Observation]:
    """Give the observations of one interval."""
    return [one for one in found if (one.sensor, one.source, one.started_at) == (sensor, source, start)]
