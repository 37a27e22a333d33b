-- What reckoning needs beside the tables: which layer of the air is told.
SET ROLE owner;

-- Of every hour the one layer that speaks for a station (as streams.domain.air.network tells): an official station as it measured, a kit
-- as it was corrected.
CREATE VIEW doorfiets.told_air_hour AS
SELECT DISTINCT ON (h.station, h.quantity, h.hour) h.station, h.quantity, h.hour, h.layer, h.mean, s.district
FROM doorfiets.air_hour h JOIN doorfiets.station s USING (station)
WHERE h.expected > 0
ORDER BY h.station, h.quantity, h.hour,
    CASE WHEN s.kind = 'official' THEN array_position(ARRAY['measured', 'publisher'], h.layer)
         ELSE array_position(ARRAY['publisher', 'barkjohn-1', 'koehler-1', 'regional-1', 'measured'], h.layer) END;

-- A figure that is no more goes; its past stays.
GRANT DELETE ON doorfiets.figure TO tally;
GRANT SELECT ON doorfiets.told_air_hour, doorfiets.holiday, doorfiets.excluded_day TO tally;
GRANT SELECT ON doorfiets.told_air_hour TO backup;

RESET ROLE;
