-- named --
-- What an entry can be about, by its id: sites, channels, stations and devices, each with the time zone of its owner.
SELECT n.kind, n.id, o.timezone
FROM (
    SELECT 'site' AS kind, site AS id, owner FROM doorfiets.site
    UNION ALL SELECT 'channel', c.channel, s.owner FROM doorfiets.channel c JOIN doorfiets.site s USING (site)
    UNION ALL SELECT 'station', station, owner FROM doorfiets.station
    UNION ALL SELECT 'device', device, owner FROM doorfiets.device) n
JOIN doorfiets.owner o USING (owner)
WHERE n.id = %(id)s AND (%(kind)s::text IS NULL OR n.kind = %(kind)s)
ORDER BY array_position(ARRAY['site', 'channel', 'station', 'device'], n.kind);

-- alike --
-- All ids that an entry can be about.
SELECT site FROM doorfiets.site UNION SELECT channel FROM doorfiets.channel UNION SELECT station FROM doorfiets.station UNION SELECT device FROM doorfiets.device;

-- channels --
-- The channels of a site, each with its direction.
SELECT channel, direction FROM doorfiets.channel WHERE site = %(id)s ORDER BY channel;

-- concerned --
-- What an entry about some time changes, by datastream and local day: observations, and those of them that count in a sum.
SELECT d.datastream, coalesce(c.site, d.station) AS place, coalesce(d.channel, '') AS channel, d.quantity, d.sensor AS device,
       (r.started_at AT TIME ZONE o.timezone)::date AS day, count(*)::int4 AS observations, count(r.spans)::int4 AS counting
FROM doorfiets.datastream d
LEFT JOIN doorfiets.channel c USING (channel)
JOIN doorfiets.datastream_owner o USING (datastream)
LEFT JOIN doorfiets.reading r ON r.datastream = d.datastream AND r.started_at < %(ended_at)s::timestamptz
    AND r.started_at >= date_bin(d.seconds * interval '1 second', %(started_at)s::timestamptz, 'epoch')
WHERE CASE %(kind)s WHEN 'site' THEN c.site WHEN 'channel' THEN d.channel WHEN 'station' THEN d.station ELSE d.sensor END = %(id)s
  AND d.valid_from < %(ended_at)s::timestamptz AND %(started_at)s::timestamptz < d.valid_until
GROUP BY d.datastream, c.site, o.timezone, day
ORDER BY place, channel, d.quantity, d.datastream, day;

-- standing --
-- Entries that hold, of one kind about one subject.
SELECT entry, kind, started_at, CASE WHEN isfinite(ended_at) THEN ended_at END AS ended_at, reason
FROM doorfiets.effective_entry
WHERE kind = %(kind)s AND CASE %(subject)s WHEN 'site' THEN site WHEN 'channel' THEN channel WHEN 'station' THEN station ELSE device END = %(id)s
ORDER BY started_at DESC, entry DESC;

-- put --
-- What a person said, as one more entry.
INSERT INTO doorfiets.exclusion (kind, undoes, site, channel, station, device, started_at, ended_at, reason, entered_by)
VALUES (%(kind)s, %(undoes)s, CASE WHEN %(subject)s = 'site' THEN %(id)s END, CASE WHEN %(subject)s = 'channel' THEN %(id)s END,
        CASE WHEN %(subject)s = 'station' THEN %(id)s END, CASE WHEN %(subject)s = 'device' THEN %(id)s END, %(started_at)s::timestamptz,
        %(ended_at)s::timestamptz, %(reason)s, %(entered_by)s)
RETURNING entry;

-- entry --
-- One entry, whether it holds, and which one holds in its place.
SELECT e.entry, e.kind, CASE WHEN e.site IS NOT NULL THEN 'site' WHEN e.channel IS NOT NULL THEN 'channel' WHEN e.station IS NOT NULL THEN 'station'
                             ELSE 'device' END AS subject, coalesce(e.site, e.channel, e.station, e.device) AS id,
       e.started_at, CASE WHEN isfinite(e.ended_at) THEN e.ended_at END AS ended_at, e.reason, e.entered_by, e.entered_at,
       e.entry IN (SELECT entry FROM doorfiets.effective_entry) AS stands, r.entry AS undone_by,
       (SELECT max(n.entry) FROM doorfiets.exclusion n
        WHERE n.entry > e.entry AND n.kind = e.kind AND n.started_at = e.started_at
          AND (n.site, n.channel, n.station, n.device) IS NOT DISTINCT FROM (e.site, e.channel, e.station, e.device)) AS replaced_by
FROM doorfiets.exclusion e
LEFT JOIN doorfiets.exclusion r ON r.undoes = e.entry
WHERE e.entry = %(entry)s;

-- entries --
-- What people said, the newest first: what holds, or all of it. `state` is what became of an entry, `datastreams` of how many there is a finding by it.
SELECT e.entry, e.kind, CASE WHEN e.site IS NOT NULL THEN 'site' WHEN e.channel IS NOT NULL THEN 'channel' WHEN e.station IS NOT NULL THEN 'station'
                             ELSE 'device' END AS subject, coalesce(e.site, e.channel, e.station, e.device) AS id,
       e.started_at, CASE WHEN isfinite(e.ended_at) THEN e.ended_at END AS ended_at, e.reason, e.entered_by, e.entered_at,
       CASE WHEN e.kind = 'restore' THEN 'undoes ' || e.undoes
            WHEN r.entry IS NOT NULL THEN 'undone by ' || r.entry
            WHEN s.entry IS NULL THEN 'replaced'
            WHEN NOT isfinite(e.ended_at) THEN 'open'
            ELSE 'holds' END AS state,
       (SELECT count(DISTINCT f.datastream)::int4 FROM doorfiets.finding f WHERE f.entry = e.entry AND f.withdrawn_at IS NULL) AS datastreams
FROM doorfiets.exclusion e
LEFT JOIN doorfiets.exclusion r ON r.undoes = e.entry
LEFT JOIN doorfiets.effective_entry s ON s.entry = e.entry
WHERE %(all)s OR s.entry IS NOT NULL
ORDER BY e.entry DESC;
