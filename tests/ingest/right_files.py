"""One small right file, or three that belong together, of every format."""

import json
from typing import Final

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
_REPORT = {"status_code": 200, "message": "ok", "report": [_HOUR, _HOUR | {"date": "2026-05-12T07:00:00.000Z"}]}

FILES: Final = {
    name: [text.encode() for text in texts]
    for name, texts in {
        "city-csv": [_CITY],
        "city-deliveries": [_LOG, _CHANGES, _CITY],
        "telraam-json": [json.dumps(_REPORT)],
        "telraam-csv": [_TELRAAM],
        "samen-meten": [_KITS],
        "luchtmeetnet": [_STATIONS],
    }.items()
}
"""The content of the files by the name of their format."""
