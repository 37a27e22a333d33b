"""One small right file, or three that belong together, of every format."""

import json
from pathlib import Path
from typing import Final

FIXTURES: Final = Path(__file__).parent / "fixtures"

_CITY = """\
Datetime,100000001 (A),101000001 (A),100000001-status,101000001-status
2026-05-11 00:00,3,3,0,0
2026-05-11 00:15,4,4,0,0
2026-05-11 00:30,5,5,0,0
"""
_LOG = """\
site,month_file,commit_time,commit,new_rows,first_new,last_new,changed_rows,removed_rows
100000001,2026-05,2026-05-12T05:13:00+02:00,aa,2,2026-05-11 00:00,2026-05-11 00:15,0,0
100000001,2026-05,2026-05-13T05:13:00+02:00,bb,1,2026-05-11 00:30,2026-05-11 00:30,1,0
"""
_CHANGES = """\
site,interval_start_local,column,old,new,commit_time,commit
100000001,2026-05-11 00:15,101000001 (A),,4,2026-05-13T05:13:00+02:00,bb
100000001,2026-05-11 00:15,100000001 (A),0,4,2026-05-13T05:13:00+02:00,bb
"""
_TELRAAM = """\
Installation ID,Street,Date and Time (Local),Pedestrian Total,Bike Total,Car Total,Large vehicle Total,Night Total,\
Uptime
10045,Straat,2026-05-12 08:00,5,43.5,205,2,0,Good uptime - 1
10045,Straat,2026-05-12 09:00,0,0,0,0,9,Poor uptime - 0.5
"""
_KITS = """\
"kit_id","name","date","pm10_kal","pm10","pm25_kal","pm25","rh","temp"
"HLL_kit_001",x,2026-05-12 09:00:00,23.765,24.54,12.508,10.57,NA,NA
"HLL_kit_001",x,2026-05-12 10:00:00,NA,-99,,999.9,60,NA
"""
_STATIONS = """\
"station_number","date","NO2","pm25","pm10","NO","FN","CO","O3","C6H6"
"NL49701",2026-05-12 09:00:00,4.7,-15.8,30.8,0.3,0.17,240,NA,1
"NL49701",2026-05-12 08:00:00,NA,12,22,1,1,1,NA,1
"""
_HOUR = {
    "instance_id": -1, "segment_id": 9000001234, "date": "2026-05-12T06:00:00.000Z", "interval": "hourly",
    "uptime": 0.81, "heavy": 3.7, "car": 118.52, "bike": 97.53, "pedestrian": 12.35, "night": 0, "v85": 38.5,
}  # fmt: skip

_QUARTER = _HOUR | {"interval": "quarterly"}
_LATER = _HOUR | {"date": "2026-05-12T07:00:00.000Z"}
_REPORT = {"status_code": 200, "message": "ok", "report": [_HOUR, _LATER, _QUARTER]}
_BULK = """\
segment_id,date,interval,uptime,heavy,car,bike,pedestrian,night,v85
9000001234,2026-05-12 06:00:00Z,hourly,0.81,3.7,118.52,97.53,12.35,0,38.5
9000001234,2026-05-12T07:00:00Z,hourly,0.999,0,0,0,0,9,
"""
_PLAIN = """\
sensor,source,start,end,value,unit,uptime,revision
kanaalweg,in,2026-05-12T08:00:00+02:00,2026-05-12T09:00:00+02:00,42,1,1,1
kanaalweg,in,2026-05-12T08:00:00+02:00,2026-05-12T09:00:00+02:00,43,1,0.5,2
kanaalweg,uit,2026-05-12T06:00:00Z,2026-05-12T07:00:00Z,0,1,0,2026-05-13T00:00:00Z
"""
_SEATTLE = """\
Date,Brug Total,Brug East Sidewalk,Brug West Sidewalk
08/01/2026 12:00:00 AM,23.0,7.0,16.0
08/01/2026 01:00:00 PM,12.0,5.0,
"""
_ARCHIVE = """\
sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2
90312;SDS011;72132;56.8;60.6;2024-07-11T00:00:51;2.60;;;1.73;;
90312;SDS011;72132;56.8;60.6;2024-07-11T00:03:16;5.05;;;nan;;
"""
_POINT = {
    "id": 1, "timestamp": "2022-05-14 18:24:15", "sensor": {"id": 92, "sensor_type": {"name": "SDS011"}},
    "sensordatavalues": [{"value_type": "P1", "value": "2.18"}, {"value_type": "signal", "value": "-59 dBm"}],
}  # fmt: skip
_MEASUREMENT = {
    "station_number": "NL01493", "value": -0.9, "timestamp_measured": "2024-11-07T22:00:00+00:00", "formula": "O3",
}  # fmt: skip
_PAGES = [
    {"data": [_MEASUREMENT, _MEASUREMENT | {"formula": "PM25", "value": None}]},
    {"pagination": {"last_page": 2}, "data": [_MEASUREMENT, _MEASUREMENT | {"formula": "LKI", "value": 2.4}]},
]
_RECORDS = (
    '2022-12-06 16:00:00, LTD_90000, LTD_90000, Luftdaten, {"type":"Point","coordinates":[6.496,52.896]}, '
    "8.56, 5.49, , , 4.76, 100, 1015.89, , 7, 7, ;2022-12-06 16:00:00, AMF_90, BA90, Vuurwerk, "
    '{"type":"Point","coordinates":[6.9,52.9]}, 1999.9, , , , -99, -99, -99, , 6, 6, ;'
)
_V2 = """\
<?xml version="1.0" encoding="UTF-8"?>
<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<payloadPublication xsi:type="MeasuredDataPublication" lang="nl"><publicationTime>2026-05-12T06:16:42Z</publicationTime>
<siteMeasurements><measurementSiteReference id="PXX01_fiets_1.0" version="6" targetClass="MeasurementSiteRecord"/>
<measurementTimeDefault>2026-05-12T06:00:00Z</measurementTimeDefault>
<measuredValue index="1"><measuredValue><basicData xsi:type="TrafficFlow"><vehicleFlow><vehicleFlowRate>168\
</vehicleFlowRate></vehicleFlow></basicData></measuredValue></measuredValue>
<measuredValue index="2"><measuredValue><basicData xsi:type="TrafficFlow"><vehicleFlow><dataError>true</dataError>\
<vehicleFlowRate>0</vehicleFlowRate></vehicleFlow></basicData></measuredValue></measuredValue>
<measuredValue index="3"><measuredValue><basicData xsi:type="TrafficSpeed"><averageVehicleSpeed><speed>-1</speed>\
</averageVehicleSpeed></basicData></measuredValue></measuredValue></siteMeasurements>
</payloadPublication></d2LogicalModel>
"""


def _published(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


FILES: Final = {
    name: [text.encode() for text in texts]
    for name, texts in {
        "city-csv": [_CITY],
        "city-deliveries": [_LOG, _CHANGES, _CITY],
        "telraam-json": [json.dumps(_REPORT)],
        "telraam-csv": [_TELRAAM],
        "samen-meten": [_KITS],
        "luchtmeetnet": [_STATIONS],
        "telraam-bulk": [_BULK],
        "plain": [_PLAIN],
        "seattle": [_SEATTLE],
        "zurich": [_published("f01-zurich.csv")],
        "paris": [_published("f02-paris.csv")],
        "new-york": [_published("f03-nyc.csv")],
        "berlin": [_published("f05-berlin.csv")],
        "dexter": [_published("f06-dexter.csv")],
        "eco-visio": [_published("f08-eco-visio-export.csv")],
        "sensor-community": [_ARCHIVE],
        "sensor-community-json": [json.dumps([_POINT, _POINT | {"timestamp": "2022-05-14 18:26:40"}])],
        "luchtmeetnet-json": [json.dumps(_PAGES)],
        "samen-meten-snapshot": [_RECORDS],
        "ndw-datex2": [_V2],
    }.items()
}
"""The content of the files by the name of their format."""

JSON: Final = frozenset({"telraam-json", "luchtmeetnet-json", "sensor-community-json"})
ONE_LINE: Final = frozenset({"samen-meten-snapshot"})
XML: Final = frozenset({"ndw-datex2"})
TABLES: Final = frozenset(FILES) - JSON - ONE_LINE - XML
"""The formats that are rows of cells, each on a line of its own."""
