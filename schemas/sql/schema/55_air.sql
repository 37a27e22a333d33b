-- What is published of the air where there are several layers.
SET ROLE owner;

-- Of every hour the one layer that speaks for a station (as streams.domain.air.network tells): an official station as it measured, a kit
-- as it was corrected.
CREATE VIEW doorfiets.available_air_hour AS
SELECT DISTINCT ON (h.station, h.quantity, h.hour) h.station, h.quantity, h.hour, h.layer, h.mean, s.district
FROM doorfiets.air_hour h JOIN doorfiets.station s USING (station)
WHERE h.expected > 0
ORDER BY h.station, h.quantity, h.hour,
    CASE WHEN s.kind = 'official' THEN array_position(ARRAY['measured', 'publisher'], h.layer)
         ELSE array_position(ARRAY['publisher', 'barkjohn-1', 'koehler-1', 'regional-1', 'measured'], h.layer) END;

RESET ROLE;
