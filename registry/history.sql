-- wait_long --
-- What `aggregate` does may take long; `store` never needs the lock that is waited for so long.
SET LOCAL lock_timeout = '90s';

-- hold_aggregates --
-- While the registry of these owners changes, nobody claims their hours: `aggregate` shares this lock before anything else, so it begins nothing new with
-- them while we wait for what it does, and then sees the whole of the change.
SELECT doorfiets.hold_aggregates(%(owners)s);

-- wait_shortly --
-- Every lock from here on is one that `store` needs, too: whoever wants it after us waits as long as we do.
SET LOCAL lock_timeout = '500ms';

-- hold_joint_places --
-- Of two who apply at the same time the second completes routes and screenlines with what the first brought.
SELECT doorfiets.hold_joint_places();

-- refresh_expectations --
-- What is expected of whom and when, where the registry says it otherwise now.
SELECT doorfiets.refresh_expectations();

-- hold_marks --
-- And nobody marks hours of these owners: `store` waits, at most as long as we wait here, and then for the few statements that follow:
-- a client that hangs among them is ended long before `store` would give up.
SELECT set_config('idle_in_transaction_session_timeout', '5s', true), doorfiets.hold_marks(%(owners)s);

-- registered --
-- The datastreams of some owners, with the local day on which they begin.
SELECT d.datastream, d.sensor, d.source, d.valid_from, (d.valid_from AT TIME ZONE o.timezone)::date, d.quantity, d.seconds, d.channel, c.site, d.station,
       d.sampling, d.every_seconds, d.register_bits, d.restart, d.gap
FROM doorfiets.datastream d
JOIN doorfiets.datastream_owner o USING (datastream)
LEFT JOIN doorfiets.channel c USING (channel)
WHERE o.owner = ANY (%(owners)s)
ORDER BY d.sensor, d.source, d.valid_from;

-- holding --
-- Which of some datastreams observations or measurements refer to.
SELECT n.datastream FROM unnest(%(datastreams)s::int4[]) AS n(datastream)
WHERE EXISTS (SELECT FROM doorfiets.observation o WHERE o.datastream = n.datastream)
   OR EXISTS (SELECT FROM doorfiets.measurement m WHERE m.datastream = n.datastream);

-- uncounted --
-- How many measured values of some datastreams counted until now, and lie before or after what is valid from now on.
SELECT datastream, count(*) FILTER (WHERE o.started_at < n.valid_from), count(*) FILTER (WHERE o.started_at >= n.valid_until)
FROM unnest(%(datastreams)s::int4[], %(beginnings)s::timestamptz[], %(ends)s::timestamptz[]) AS n(datastream, valid_from, valid_until)
JOIN doorfiets.datastream d USING (datastream)
JOIN doorfiets.observation o USING (datastream)
WHERE o.value IS NOT NULL AND d.valid_from <= o.started_at AND o.started_at < d.valid_until
  AND (d.valid_from < n.valid_from OR n.valid_until < d.valid_until)
  AND (o.started_at < n.valid_from OR n.valid_until <= o.started_at)
GROUP BY datastream ORDER BY min(d.sensor), min(d.source), min(d.valid_from);

-- facts --
-- What indicators rest on: for each place who speaks for it, and what the registry says of it that an indicator is computed with. The kinds from
-- `opening` on are of indicators of periods only: hours and days know nothing of them.
WITH member_stream AS (
    SELECT d.datastream, d.station, d.quantity, jsonb_build_array(
        d.datastream, d.channel, d.quantity, d.seconds, d.valid_from, d.valid_until, d.instrument, d.kappa, d.scale, d.layer, m.timezone,
        CASE WHEN d.measuring_window <> 'always' THEN doorfiets.placed_window(d.datastream) END) AS says
    FROM doorfiets.datastream d JOIN doorfiets.datastream_owner m USING (datastream)),
counted AS (
    SELECT l.link, array_agg(b.datastream) FILTER (WHERE b.datastream IS NOT NULL) AS streams,
           jsonb_build_array(l.link, l.name, l.length_km, l.green, c.link, c.site, jsonb_agg(b.says ORDER BY b.datastream)) AS says
    FROM doorfiets.link l
    JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    LEFT JOIN (doorfiets.site_stream s JOIN member_stream b USING (datastream)) ON s.site = c.site AND s.mode = 'bicycles'
    GROUP BY l.link, c.link),
member AS (
    SELECT 'connection' AS kind, n.connection AS place, n.link AS member, c.streams
    FROM doorfiets.connection_link n JOIN counted c USING (link)
    UNION ALL
    SELECT 'crossing', sc.screenline, coalesce(l.link, c.site), ARRAY[d.datastream]
    FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) JOIN doorfiets.datastream d USING (channel)
    LEFT JOIN doorfiets.link l USING (site)
    UNION ALL
    SELECT 'district', t.district, t.station, ARRAY[d.datastream] FROM doorfiets.station t JOIN doorfiets.datastream d USING (station))
SELECT 'site' AS kind, s.site AS place, array_agg(datastream) AS streams, s.mode || jsonb_agg(b.says ORDER BY datastream) AS says
FROM doorfiets.site_stream s JOIN member_stream b USING (datastream) GROUP BY s.site, s.mode
UNION ALL
SELECT 'screenline', s.screenline, array_agg(datastream), s.variant || jsonb_agg(b.says ORDER BY datastream)
FROM doorfiets.screenline_stream s JOIN member_stream b USING (datastream) GROUP BY s.screenline, s.variant
UNION ALL
SELECT 'station', station, array_agg(datastream), concat(t.kind, t.environment, b.quantity, jsonb_agg(b.says ORDER BY datastream))
FROM member_stream b JOIN doorfiets.station t USING (station) GROUP BY station, t.kind, t.environment, b.quantity
UNION ALL
SELECT 'region', t.region, array_agg(datastream), jsonb_agg(DISTINCT jsonb_build_array(station, t.kind))::text
FROM member_stream b JOIN doorfiets.station t USING (station) WHERE t.region <> '' GROUP BY t.region
UNION ALL
SELECT 'link', link, streams, says::text FROM counted
UNION ALL
SELECT 'route', r.route, array_agg(s.datastream) FILTER (WHERE s.datastream IS NOT NULL),
       jsonb_agg(DISTINCT jsonb_build_array(r.position, c.says))::text
FROM doorfiets.route_link r
JOIN counted c USING (link)
LEFT JOIN LATERAL unnest(c.streams) AS s(datastream) ON true
GROUP BY r.route
UNION ALL
SELECT 'opening', l.link, c.streams, l.opened::text FROM doorfiets.link l JOIN counted c USING (link) WHERE l.opened IS NOT NULL
UNION ALL
SELECT 'neighbourhood', s.owner || '/' || c.mode, NULL, jsonb_agg(jsonb_build_array(s.site, s.longitude, s.latitude) ORDER BY s.site)::text
FROM (SELECT DISTINCT site, mode FROM doorfiets.site_stream) c JOIN doorfiets.site s USING (site) GROUP BY s.owner, c.mode
UNION ALL
SELECT m.kind, m.place, array_agg(DISTINCT s.datastream) FILTER (WHERE s.datastream IS NOT NULL), string_agg(DISTINCT m.member, ' ' ORDER BY m.member)
FROM member m LEFT JOIN LATERAL unnest(m.streams) AS s(datastream) ON true GROUP BY m.kind, m.place
UNION ALL
SELECT 'calendar', e.owner || '/' || year, NULL, jsonb_agg(jsonb_build_array(e.kind, e.first_day, e.last_day, e.effect, e.sites, e.links) ORDER BY e.entry)::text
FROM doorfiets.calendar_entry e
CROSS JOIN LATERAL generate_series(extract(year FROM e.first_day)::int4, extract(year FROM e.last_day)::int4) AS year
WHERE e.effect = 'exclude' OR e.kind IN ('public_holiday', 'school_holiday')
GROUP BY e.owner, year;

-- windows --
-- When each datastream can measure that does not always: its window, which of daylight is of its place.
SELECT datastream, doorfiets.placed_window(datastream) FROM doorfiets.datastream WHERE measuring_window <> 'always';

-- judge_windows --
-- What these datastreams said before lies in another window now.
SELECT doorfiets.judge_windows(%(datastreams)s);

-- aggregated --
-- The local days on which any of these datastreams was ever aggregated, whose they are, and how many hours that are, counted no further than it matters.
SELECT (SELECT min((h.first AT TIME ZONE o.timezone)::date) FROM doorfiets.datastream_owner o CROSS JOIN LATERAL (
            SELECT min(hour) AS first FROM doorfiets.datastream_hour WHERE datastream = o.datastream) h WHERE o.datastream = ANY (%(datastreams)s)),
       (SELECT max((h.last AT TIME ZONE o.timezone)::date) FROM doorfiets.datastream_owner o CROSS JOIN LATERAL (
            SELECT max(hour) AS last FROM doorfiets.datastream_hour WHERE datastream = o.datastream) h WHERE o.datastream = ANY (%(datastreams)s)),
       (SELECT array_agg(DISTINCT owner) FROM doorfiets.datastream_owner WHERE datastream = ANY (%(datastreams)s)),
       (SELECT count(*) FROM (SELECT FROM doorfiets.datastream_hour WHERE datastream = ANY (%(datastreams)s) LIMIT %(most)s + 1) t);

-- mark --
-- Every hour that was ever aggregated of these datastreams is computed again; where nothing is wrong, nothing changes.
INSERT INTO doorfiets.dirty_hour (datastream, hour)
SELECT datastream, hour FROM doorfiets.datastream_hour WHERE datastream = ANY (%(datastreams)s)
ON CONFLICT (hour, datastream) DO NOTHING;

-- due_sites --
-- The years in which these datastreams have days are computed again.
INSERT INTO doorfiets.indicator_due AS t (kind, subject, facet, year, due_at)
SELECT DISTINCT 'site', d.site, d.mode, extract(year FROM d.day)::int4, now()
FROM doorfiets.site_stream s JOIN doorfiets.site_day d USING (site, mode) WHERE s.datastream = ANY (%(datastreams)s)
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(t.due_at, excluded.due_at);

-- due_stations --
-- The years in which stations of these datastreams have hours are computed again.
INSERT INTO doorfiets.indicator_due AS t (kind, subject, facet, year, due_at)
SELECT DISTINCT 'station', d.station, d.quantity, extract(year FROM h.hour AT TIME ZONE o.timezone)::int4, now()
FROM doorfiets.datastream d JOIN doorfiets.datastream_owner o USING (datastream) JOIN doorfiets.datastream_hour h USING (datastream)
WHERE d.station IS NOT NULL AND d.datastream = ANY (%(datastreams)s)
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(t.due_at, excluded.due_at);

-- due_years --
-- Other holidays or exclusions: all sites of an owner in these years.
INSERT INTO doorfiets.indicator_due AS t (kind, subject, facet, year, due_at)
SELECT DISTINCT 'site', d.site, d.mode, extract(year FROM d.day)::int4, now() FROM doorfiets.site_day d JOIN doorfiets.site s USING (site)
WHERE s.owner || '/' || extract(year FROM d.day)::int4 = ANY (%(years)s)
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(t.due_at, excluded.due_at);

-- due_modes --
-- A site that counts these modes moved, came or went: whose neighbour it is or was may be any of its owner's.
INSERT INTO doorfiets.indicator_due AS t (kind, subject, facet, year, due_at)
SELECT DISTINCT 'site', d.site, d.mode, extract(year FROM d.day)::int4, now() FROM doorfiets.site_day d JOIN doorfiets.site s USING (site)
WHERE s.owner || '/' || d.mode = ANY (%(modes)s)
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(t.due_at, excluded.due_at);

-- forget_share_hours --
-- Hours of a screenline and a denominator in which none of its present datastreams was ever aggregated: they would never be computed again. So with the
-- days, links and routes below.
DELETE FROM doorfiets.share_hour h WHERE h.screenline = ANY (%(screenlines)s) AND NOT EXISTS (
    SELECT FROM doorfiets.screenline_stream s JOIN doorfiets.datastream_hour t USING (datastream)
    WHERE s.screenline = h.screenline AND s.variant = h.variant AND t.hour = h.hour);

-- forget_share_days --
-- Days of a screenline and a denominator without an hour.
DELETE FROM doorfiets.share_day d WHERE d.screenline = ANY (%(screenlines)s) AND NOT EXISTS (
    SELECT FROM doorfiets.share_hour h
    WHERE h.screenline = d.screenline AND h.variant = d.variant AND h.hour >= d.started_at AND h.hour < d.ended_at);

-- forget_link_days --
-- Days of a link on which nobody counted it, itself or the link that it assumes.
DELETE FROM doorfiets.link_day d WHERE d.link = ANY (%(links)s) AND NOT EXISTS (
    SELECT FROM doorfiets.link l
    JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    JOIN doorfiets.site_day s ON s.site = c.site AND s.mode = 'bicycles'
    WHERE l.link = d.link AND s.day = d.day);

-- forget_route_days --
-- Days of a route on which none of its links was counted.
DELETE FROM doorfiets.route_day d WHERE d.route = ANY (%(routes)s) AND NOT EXISTS (
    SELECT FROM doorfiets.route_link r
    JOIN doorfiets.link l USING (link)
    JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    JOIN doorfiets.site_day s ON s.site = c.site AND s.mode = 'bicycles'
    WHERE r.route = d.route AND s.day = d.day);

-- forget_link_indicators --
-- Indicators of periods go with the days they rest on.
DELETE FROM doorfiets.indicator_value f WHERE f.kind = 'link' AND f.subject = ANY (%(links)s) AND NOT EXISTS (
    SELECT FROM doorfiets.link_day d WHERE d.link = f.subject AND d.day BETWEEN f.first_day AND f.last_day);

-- forget_route_indicators --
-- Indicators of a route that has no day in their period.
DELETE FROM doorfiets.indicator_value f WHERE f.kind = 'route' AND f.subject = ANY (%(routes)s) AND NOT EXISTS (
    SELECT FROM doorfiets.route_day d WHERE d.route = f.subject AND d.day BETWEEN f.first_day AND f.last_day);

-- forget_connection_indicators --
-- Indicators of a connection, whose days are those of its links.
DELETE FROM doorfiets.indicator_value f WHERE f.kind = 'connection' AND f.subject = ANY (%(connections)s) AND NOT EXISTS (
    SELECT FROM doorfiets.connection_link n JOIN doorfiets.link_day d USING (link)
    WHERE n.connection = f.subject AND d.day BETWEEN f.first_day AND f.last_day);

-- forget_openings --
-- Another first day is another period.
DELETE FROM doorfiets.indicator_value WHERE kind = 'link' AND period = 'opening' AND subject = ANY (%(openings)s);

-- forget_indicators --
-- Indicators of what is no more: the subject itself, or what it was told of (`facet`; null is any).
WITH lying AS (
    SELECT DISTINCT sc.screenline, l.link
    FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) JOIN doorfiets.link l USING (site)),
existing AS (
    SELECT 'site' AS kind, site AS subject, mode AS facet FROM doorfiets.channel
    UNION SELECT 'link', link, '' FROM doorfiets.link
    UNION SELECT 'link', a.link, a.screenline FROM lying a JOIN lying b ON b.screenline = a.screenline AND b.link <> a.link
    UNION SELECT 'route', route, NULL FROM doorfiets.route
    UNION SELECT 'connection', connection, NULL FROM doorfiets.connection_link
    UNION SELECT 'screenline', screenline, NULL FROM doorfiets.screenline
    UNION SELECT 'owner', owner, NULL FROM doorfiets.owner
    UNION SELECT 'station', station, quantity FROM doorfiets.datastream WHERE station IS NOT NULL
    UNION SELECT 'district', t.district, d.quantity FROM doorfiets.station t JOIN doorfiets.datastream d USING (station))
DELETE FROM doorfiets.indicator_value f WHERE NOT EXISTS (
    SELECT FROM existing s WHERE s.kind = f.kind AND s.subject = f.subject AND (s.facet IS NULL OR s.facet = f.facet));
