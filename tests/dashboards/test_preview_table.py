"""Tables of sheets: sorted as the panel asks, with what has no room named below."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from defusedxml.ElementTree import fromstring

from dashboards.macros import DashboardRange
from dashboards.preview import table
from dashboards.preview.colors import LIGHT
from dashboards.preview.field_settings import FieldSetting
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import PanelData
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.sheet_language import SheetLanguage

pytestmark = pytest.mark.pure

DAY = DashboardRange(datetime(2026, 10, 26, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC))
FRAME = ResultFrame(
    "A",
    [
        FrameField("plek", "string", ["Vaart", "Kolk", "Plein", "Kade"]),
        FrameField("fietsers", "number", [12.0, None, 400.0, 12.5]),
        FrameField("dekking", "number", [1.0, 0.0, 0.5, 0.25]),
    ],
)


def words(options: dict[str, object], width: float, height: float) -> list[str]:
    """Draw the table and give its texts in their order."""
    panel = {"type": "table", "options": options, "fieldConfig": {"defaults": {"noValue": "geen meting"}}}
    data = PanelData(panel, [FRAME], DAY, (), SheetLanguage("nl", ZoneInfo("UTC")), LIGHT)
    drawn = "".join(table.draw(data, PanelBox(0, 0, width, height)))
    read = fromstring(f"<svg>{drawn}</svg>").iter("text")
    return [(one[0].text if len(one) else one.text) or "" for one in read]


def test_rows_stand_in_the_order_of_the_panel() -> None:
    """As found, or sorted; what was not measured is last."""
    assert words({}, 600, 400)[3::3] == ["Vaart", "Kolk", "Plein", "Kade"]
    falling = words({"sortBy": [{"displayName": "fietsers", "desc": True}]}, 600, 400)
    assert falling[3:] == [
        "Plein",
        "400",
        "0,500",
        "Kade",
        "12,5",
        "0,250",
        "Vaart",
        "12",
        "1",
        "Kolk",
        "geen meting",
        "0",
    ]


def test_what_has_no_room_is_named() -> None:
    """A head and rows of 28 pixels each, a line below; columns of 150."""
    assert words({}, 310, 28 + 2 * 28 + 20) == [
        "plek", "fietsers", "Vaart", "12", "Kolk", "geen meting",
        "meer rijen, na schuiven: 2 · meer kolommen, na schuiven: dekking",
    ]  # fmt: skip
    assert words({}, 600, 10)[-1] == "meer rijen, na schuiven: 4"


@pytest.mark.parametrize(
    ("customs", "widths"),
    [
        ([{}, {}, {}], [200, 200, 200]),
        ([{"width": 100}, {}, {}], [100, 250, 250]),
        ([{}, {"minWidth": 50}, {"minWidth": 50}], [200, 200, 200]),
        ([{"minWidth": 300}, {"minWidth": 50}, {"minWidth": 50}], [300, 150, 150]),
    ],
)
def test_columns_share_what_is_left(customs: list[dict[str, int]], widths: list[float]) -> None:
    """But for those that have a width, or need more."""
    hows = [FieldSetting("", {f"custom.{name}": value for name, value in custom.items()}) for custom in customs]
    assert table._widths(hows, 600) == widths
