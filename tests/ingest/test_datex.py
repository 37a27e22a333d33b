"""Flows of NDW: rates per hour become counts, speeds are not read, and an index means what its version says."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.history import datex_sites
from ingest.history.datex_sites import SiteIndex, SiteIndexes
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection
from tests.ingest.offered import observations, outcomes
from tests.ingest.right_files import FILES

pytestmark = pytest.mark.pure

(V2,) = (content.decode() for content in FILES["ndw-datex2"])
V3 = """\
<mc:messageContainer xmlns:mc="http://datex2.eu/schema/3/messageContainer" xmlns:roa="urn:roa" xmlns:com="urn:com">
<mc:payload xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="roa:MeasuredDataPublication">
<roa:siteMeasurements><roa:measurementSiteReference id="PXX01_fiets_1.0" version="6"/>
<roa:physicalQuantity index="1"><roa:physicalQuantity><roa:basicData xsi:type="roa:TrafficFlow"><roa:vehicleFlow>
<com:vehicleFlowRate>168</com:vehicleFlowRate></roa:vehicleFlow></roa:basicData></roa:physicalQuantity></roa:physicalQuantity>
<roa:physicalQuantity index="2"><roa:physicalQuantity><roa:basicData xsi:type="roa:TrafficFlow"><roa:vehicleFlow>
<com:dataError>true</com:dataError></roa:vehicleFlow></roa:basicData></roa:physicalQuantity></roa:physicalQuantity>
<roa:physicalQuantity index="3"><roa:physicalQuantity><roa:basicData xsi:type="roa:TrafficSpeed">
<roa:averageVehicleSpeed><com:speed>127.0</com:speed></roa:averageVehicleSpeed></roa:basicData></roa:physicalQuantity>
</roa:physicalQuantity>
<roa:measurementTimeDefault><roa:timeValue>2026-05-12T06:00:00Z</roa:timeValue></roa:measurementTimeDefault>
</roa:siteMeasurements></mc:payload></mc:messageContainer>
"""
TABLE = """\
<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0"><measurementSiteTable id="NDW01_MT" version="1">
<measurementSiteRecord id="PXX01_fiets_1.0" version="6">
<measurementSpecificCharacteristics index="1"><measurementSpecificCharacteristics><period>900</period>
<specificMeasurementValueType>trafficFlow</specificMeasurementValueType><specificVehicleCharacteristics>
<vehicleType>bicycle</vehicleType></specificVehicleCharacteristics></measurementSpecificCharacteristics>
</measurementSpecificCharacteristics>
<measurementSpecificCharacteristics index="2"><measurementSpecificCharacteristics><period>300</period>
<specificMeasurementValueType>trafficFlow</specificMeasurementValueType><specificVehicleCharacteristics>
<vehicleType>anyVehicle</vehicleType></specificVehicleCharacteristics></measurementSpecificCharacteristics>
</measurementSpecificCharacteristics></measurementSiteRecord></measurementSiteTable></d2LogicalModel>
"""


def sites(table: str = TABLE) -> dict[SiteIndexes, SiteIndex]:
    """Read a site table."""
    return datex_sites.read(table.splitlines(keepends=True))


@pytest.mark.parametrize("document", [V2, V3])
def test_168_an_hour_in_a_quarter_is_42(document: str) -> None:
    """In both versions; an error is no value, and the speed is not there."""
    found = observations("ndw-datex2", document, interval=timedelta(minutes=15))
    assert [(one.sensor, one.source, one.value) for one in found] == [
        ("pxx01-fiets-1-0", "v6/1", 42), ("pxx01-fiets-1-0", "v6/2", None),
    ]  # fmt: skip
    assert {(one.started_at, one.ended_at) for one in found} == {
        (datetime(2026, 5, 12, 6, tzinfo=UTC), datetime(2026, 5, 12, 6, 15, tzinfo=UTC))
    }


def test_the_site_table_says_how_long_each_index_lasts() -> None:
    """By id, version and index; without it a value is one of a minute. Any vehicle is a source, and added to none."""
    document = V2.replace("<dataError>true</dataError>", "").replace("<vehicleFlowRate>0", "<vehicleFlowRate>120")
    found = observations("ndw-datex2", document, site_table=sites())
    assert [(one.source, one.value, one.ended_at - one.started_at) for one in found] == [
        ("v6/1", 42, timedelta(minutes=15)), ("v6/2", 10, timedelta(minutes=5)),
    ]  # fmt: skip
    assert sites()[SiteIndexes("PXX01_fiets_1.0", "6", "2")] == SiteIndex("trafficFlow", 300, any_vehicle=True)
    assert [one.value for one in observations("ndw-datex2", document)] == [2.8, 2]


def test_another_version_of_a_site_is_one_rejection() -> None:
    """Its numbers may mean something else; the rest of the file is read."""
    other = V2.replace("PXX01_fiets_1.0", "PXX01_other")
    both = V2.replace(
        "</siteMeasurements>",
        "</siteMeasurements>" + other[other.index("<siteMeasurements>") : other.index("</payload")],
    )
    found = outcomes("ndw-datex2", both, site_table=sites())
    refused = [one for one in found if isinstance(one, Rejection)]
    assert [(one.sensor, one.reason, one.payload) for one in refused] == [
        ("pxx01-other", "unknown_field", b"PXX01_other,6,1 2")
    ]
    assert len([one for one in found if isinstance(one, Observation)]) == 2


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("<siteMeasurements>", "<site>", "line .*: not XML"),
        ("siteMeasurements", "site", "it has no siteMeasurements"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE x [<!ENTITY y 'z'>]>", "no document type"),
        ('version="6"', 'version="6b"', "is not a number"),
        ('version="6"', "", "without version"),
        ("PXX01_fiets_1.0", "Jansen &amp; zn", "is not the name of a sensor"),
        ('index="1"', 'index="one"', "the index is not a number"),
        ('index="2"', 'index="1"', "index '1': .*comes twice"),
        ("2026-05-12T06:00:00Z", "2026-05-12T06:00:00", "measurementTimeDefault: "),
        ("<vehicleFlowRate>168", "<vehicleFlowRate>-1", "'-1' is not a rate"),
        ("<payloadPublication", "<a>" * 70 + "<payloadPublication", "deeper than 64"),
    ],
)
def test_a_publication_that_is_none_says_where(old: str, new: str, where: str) -> None:
    """Entities, depth and names within bounds; nothing of it is taken."""
    assert old in V2
    with pytest.raises(FileUnreadableError, match=where):
        outcomes("ndw-datex2", V2.replace(old, new))


@pytest.mark.parametrize(
    "table", [V2, TABLE.replace("<period>900", "<period>0"), TABLE.replace("<period>900", "<period>nan"), "no XML"]
)
def test_a_site_table_that_is_none_is_refused(table: str) -> None:
    """A publication of measurements, a period of nothing, no document."""
    with pytest.raises(FileUnreadableError):
        sites(table)
