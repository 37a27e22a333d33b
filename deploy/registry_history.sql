-- hold --
-- While the registry changes, nobody marks and nobody claims: `keep` and `tally` wait some moments, and then see the whole of it.
LOCK TABLE doorfiets.dirty IN SHARE ROW EXCLUSIVE MODE;

-- clock --
SELECT set_config('TimeZone', %(timezone)s, true);

-- registered --
SELECT d.datastream, d.sensor, d.source, d.valid_from, d.quantity, d.seconds, d.channel, c.site, d.station
FROM doorfiets.datastream d LEFT JOIN doorfiets.channel c USING (channel)
ORDER BY d.sensor, d.source, d.valid_from;

-- holding --
-- Which of some datastreams observations refer to.
SELECT n.datastream FROM unnest(%(datastreams)s::int4[]) AS n(datastream)
CROSS JOIN LATERAL (SELECT FROM doorfiets.observation o WHERE o.datastream = n.datastream LIMIT 1) held;

-- facts --
-- What figures rest on: for each place who speaks for it, and what the registry says of it that a figure is computed with.
WITH speaker AS (
    SELECT d.datastream, d.station, d.quantity, jsonb_build_array(
        d.datastream, d.channel, d.quantity, d.seconds, d.valid_from, d.valid_until, m.timezone) AS says
    FROM doorfiets.datastream d CROSS JOIN doorfiets.municipality m),
counted AS (
    SELECT l.link, array_agg(b.datastream) FILTER (WHERE b.datastream IS NOT NULL) AS streams,
           jsonb_build_array(l.link, l.name, l.length_km, l.green, c.link, c.site, jsonb_agg(b.says ORDER BY b.datastream)) AS says
    FROM doorfiets.link l
    JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    LEFT JOIN (doorfiets.site_stream s JOIN speaker b USING (datastream)) ON s.site = c.site AND s.mode = 'bicycles'
    GROUP BY l.link, c.link)
SELECT 'site' AS kind, s.site AS place, array_agg(datastream) AS streams, s.mode || jsonb_agg(b.says ORDER BY datastream) AS says
FROM doorfiets.site_stream s JOIN speaker b USING (datastream) GROUP BY s.site, s.mode
UNION ALL
SELECT 'screenline', s.screenline, array_agg(datastream), s.variant || jsonb_agg(b.says ORDER BY datastream)
FROM doorfiets.screenline_stream s JOIN speaker b USING (datastream) GROUP BY s.screenline, s.variant
UNION ALL
SELECT 'station', station, array_agg(datastream), quantity || jsonb_agg(says ORDER BY datastream)
FROM speaker WHERE station IS NOT NULL GROUP BY station, quantity
UNION ALL
SELECT 'link', link, streams, says::text FROM counted
UNION ALL
SELECT 'route', r.route, array_agg(s.datastream) FILTER (WHERE s.datastream IS NOT NULL),
       jsonb_agg(DISTINCT jsonb_build_array(r.position, c.says))::text
FROM doorfiets.route_link r
JOIN counted c USING (link)
LEFT JOIN LATERAL unnest(c.streams) AS s(datastream) ON true
GROUP BY r.route;

-- mark --
-- Every hour that was ever tallied of these datastreams is computed again; where nothing is wrong, nothing changes.
INSERT INTO doorfiets.dirty (datastream, hour)
SELECT datastream, hour FROM doorfiets.tally_hour WHERE datastream = ANY (%(datastreams)s)
ON CONFLICT (hour, datastream) DO NOTHING;

-- forget_share_hours --
-- What nobody who speaks now was ever asked about will not be computed again: it goes. So with the days, links and routes below.
DELETE FROM doorfiets.share_hour h WHERE h.screenline = ANY (%(screenlines)s) AND NOT EXISTS (
    SELECT FROM doorfiets.screenline_stream s JOIN doorfiets.tally_hour t USING (datastream)
    WHERE s.screenline = h.screenline AND s.variant = h.variant AND t.hour = h.hour);

-- forget_share_days --
DELETE FROM doorfiets.share_day d WHERE d.screenline = ANY (%(screenlines)s) AND NOT EXISTS (
    SELECT FROM doorfiets.share_hour h
    WHERE h.screenline = d.screenline AND h.variant = d.variant AND h.hour >= d.started_at AND h.hour < d.ended_at);

-- forget_link_days --
DELETE FROM doorfiets.link_day d WHERE d.link = ANY (%(links)s) AND NOT EXISTS (
    SELECT FROM doorfiets.link l
    JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    JOIN doorfiets.site_day s ON s.site = c.site AND s.mode = 'bicycles'
    WHERE l.link = d.link AND s.day = d.day);

-- forget_route_days --
DELETE FROM doorfiets.route_day d WHERE d.route = ANY (%(routes)s) AND NOT EXISTS (
    SELECT FROM doorfiets.route_link r
    JOIN doorfiets.link l USING (link)
    JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    JOIN doorfiets.site_day s ON s.site = c.site AND s.mode = 'bicycles'
    WHERE r.route = d.route AND s.day = d.day);
