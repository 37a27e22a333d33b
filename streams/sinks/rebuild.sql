-- mark_dirty --
-- Everything that was ever observed or tallied in the range is computed again; where nothing is wrong, nothing changes.
INSERT INTO doorfiets.dirty (datastream, hour)
SELECT datastream, hour FROM (
    SELECT DISTINCT datastream, date_bin('1 hour', started_at, 'epoch') AS hour FROM doorfiets.observation
    WHERE started_at >= %(since)s AND started_at < %(until)s
    UNION
    SELECT datastream, hour FROM doorfiets.tally_hour WHERE hour >= %(since)s AND hour < %(until)s) known
ORDER BY hour, datastream
ON CONFLICT (hour, datastream) DO UPDATE SET hour = excluded.hour;
