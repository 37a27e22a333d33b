-- lock --
-- One tally works, others stand by; the locks go with their sessions. Nobody begins while a second session of another still works. No other
-- role can take these: the functions are granted to `tally` alone.
SELECT CASE WHEN NOT pg_try_advisory_lock(7364202) THEN false
            WHEN pg_try_advisory_lock(7364203) THEN pg_advisory_unlock(7364203)
            ELSE NOT pg_advisory_unlock(7364202) END;

-- workplace --
-- What one round is about; nothing of it outlives the round. A voice is a set of datastreams that must speak together: for a mode at a site, or
-- for a variant of a screenline's share. What the same datastreams speak for is one voice, in several rows. The span of a channel runs from its
-- first device to its last, gaps included; in a phase the same channels are expected, at the same interval.
CREATE TEMP TABLE IF NOT EXISTS mark (place tid, writer xid) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS claimed (datastream int4, hour timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS day (day date, started_at timestamptz, ended_at timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS day_hour (hour timestamptz, day date, started_at timestamptz, ended_at timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS voice (voice int4, kind text, place text, facet text) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS speaker (
    voice int4, datastream int4, channel text, mode text, bicycles boolean, seconds int4, valid_from timestamptz, valid_until timestamptz)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS span (
    voice int4, channel text, mode text, seconds int4, valid_from timestamptz, valid_until timestamptz)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS phase (voice int4, valid_from timestamptz, valid_until timestamptz, seconds int4, streams int4)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS voice_hour (voice int4, hour timestamptz, seconds int4, width interval, streams int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS voice_day (
    voice int4, day date, started_at timestamptz, ended_at timestamptz, expected int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS need (datastream int4, hour timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS seen (
    datastream int4, hour timestamptz, started_at timestamptz, spans int4, value float8, part numeric) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS summed (
    datastream int4, hour timestamptz, rows int4, valid int4, total numeric, minimum float8, maximum float8) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS paired (
    voice int4, hour timestamptz, rows int4, paired int4, total numeric, bicycles numeric, maximum float8) ON COMMIT DELETE ROWS;

-- newest --
-- The newest mark; and, of the same moment, what is stored and from when on hours are live.
SELECT (SELECT max(hour) FROM doorfiets.dirty), stored_until, least(now(), stored_until) - interval '2 days' FROM doorfiets.intake;

-- late --
-- The next stretch of the past: the newest mark below the one before, else the newest of all; and whether marks lie so close there, one for
-- every twenty-four hours of a datastream, that it is less work to read whole days.
SELECT n.hour, m.timezone,
       (SELECT count(*) FROM (
            SELECT FROM doorfiets.dirty d WHERE d.hour > n.hour - interval '28 days' AND d.hour <= n.hour LIMIT 28 * k.streams + 1) near)
       > 28 * k.streams
FROM (SELECT coalesce((SELECT max(hour) FROM doorfiets.dirty WHERE hour <= %(below)s), (SELECT max(hour) FROM doorfiets.dirty)) AS hour) n
CROSS JOIN (SELECT count(*) AS streams FROM doorfiets.datastream) k
CROSS JOIN doorfiets.municipality m
WHERE n.hour IS NOT NULL;

-- hold_marks --
-- While the registry changes, nobody claims: see `hold_tallies` of the registry. In this order, as the registry takes them.
LOCK TABLE doorfiets.stale, doorfiets.dirty IN ROW EXCLUSIVE MODE;

-- claim --
-- Of four weeks at most, so that a round reads one stretch of the past; the newest first. The marks stay until all is written, so `keep` need
-- not wait. Everything that follows is a later statement: it sees all that was committed with these marks.
WITH taken AS (
    SELECT datastream, hour, ctid, xmin FROM doorfiets.dirty WHERE hour > %(until)s - interval '28 days' AND hour <= %(until)s
    ORDER BY hour DESC, datastream DESC LIMIT %(buckets)s),
marks AS (
    INSERT INTO mark SELECT ctid, xmin FROM taken)
INSERT INTO claimed SELECT datastream, hour FROM taken;

-- unmark --
-- Only marks that are still what they were: one that `keep` wrote again, or is writing, stands for rows that may not have been seen. By ctid: a
-- planner that believes the table empty compares every mark with every other.
DELETE FROM doorfiets.dirty WHERE ctid = ANY (ARRAY(
    SELECT d.ctid FROM mark m
    CROSS JOIN LATERAL (
        SELECT ctid FROM doorfiets.dirty WHERE ctid = m.place AND xmin = m.writer OFFSET 0 FOR UPDATE SKIP LOCKED) d));

-- claimed_hours --
SELECT (SELECT timezone FROM doorfiets.municipality), array_agg(DISTINCT hour) FROM claimed;

-- claimed --
SELECT datastream, hour FROM claimed;

-- oldest_claimed --
SELECT min(hour) FROM claimed;

-- put_days --
INSERT INTO day SELECT * FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]);

-- put_day_hours --
-- The hours that begin in each day: an hour finds its day by being equal, not by lying between. A day may begin at half past.
INSERT INTO day_hour
SELECT h.hour, y.*
FROM day y CROSS JOIN LATERAL generate_series(date_bin('1 hour', y.started_at, 'epoch'), y.ended_at, interval '1 hour') AS h(hour)
WHERE y.started_at <= h.hour AND h.hour < y.ended_at;

-- put_voices --
-- The voices in which a claimed datastream takes part, and everybody who must speak for them.
WITH listed AS (
    SELECT 'site' AS kind, site AS place, mode AS facet, datastream, mode, seconds, valid_from, valid_until
    FROM doorfiets.site_stream
    UNION ALL
    SELECT 'share', screenline, variant, datastream, mode, seconds, valid_from, valid_until
    FROM doorfiets.screenline_stream),
named AS (
    INSERT INTO voice
    SELECT dense_rank() OVER (ORDER BY said_by), kind, place, facet
    FROM (
        SELECT kind, place, facet, array_agg(datastream ORDER BY datastream) AS said_by FROM listed GROUP BY kind, place, facet
        HAVING bool_or(datastream IN (SELECT datastream FROM claimed))) touched
    RETURNING *)
INSERT INTO speaker
SELECT DISTINCT n.voice, l.datastream, d.channel, l.mode, l.mode = 'bicycles', l.seconds, l.valid_from, l.valid_until
FROM listed l JOIN named n USING (kind, place, facet) JOIN doorfiets.datastream d USING (datastream);

-- put_spans --
INSERT INTO span
SELECT voice, channel, mode, max(seconds), min(valid_from), max(valid_until) FROM speaker GROUP BY voice, channel, mode;

-- put_phases --
-- Every channel whose span covers a phase must speak: between two devices it cannot, and there is no total. Intervals are paired at
-- the coarsest length among the streams that are valid. While one of the modes that a share is made of is not counted, there is no
-- share of that name: nothing is expected.
WITH edge AS (
    SELECT DISTINCT s.voice, e.at FROM speaker s CROSS JOIN LATERAL (VALUES (s.valid_from), (s.valid_until)) AS e(at)),
stretch AS (
    SELECT voice, at AS valid_from, lead(at) OVER (PARTITION BY voice ORDER BY at) AS valid_until FROM edge)
INSERT INTO phase
SELECT t.voice, t.valid_from, t.valid_until,
       CASE WHEN count(DISTINCT p.mode) = m.modes THEN coalesce(max(s.seconds), max(p.seconds)) END, count(DISTINCT p.channel)
FROM stretch t
JOIN (SELECT voice, count(DISTINCT mode) AS modes FROM span GROUP BY voice) m USING (voice)
JOIN span p ON p.voice = t.voice AND p.valid_from <= t.valid_from AND t.valid_from < p.valid_until
LEFT JOIN speaker s
    ON s.voice = p.voice AND s.channel = p.channel AND s.valid_from <= t.valid_from AND t.valid_from < s.valid_until
WHERE t.valid_until IS NOT NULL
GROUP BY t.voice, t.valid_from, t.valid_until, m.modes;

-- put_voice_hours --
INSERT INTO voice_hour
SELECT t.voice, t.hour, p.seconds, p.seconds * interval '1 second', coalesce(p.streams, 0)
FROM (
    SELECT DISTINCT s.voice, c.hour
    FROM claimed c JOIN (SELECT DISTINCT voice, datastream FROM speaker) s USING (datastream)) t
LEFT JOIN phase p ON p.voice = t.voice AND p.valid_from <= t.hour AND t.hour < p.valid_until;

-- put_need --
INSERT INTO need
SELECT datastream, hour FROM claimed
UNION
SELECT s.datastream, v.hour FROM voice_hour v JOIN speaker s USING (voice) WHERE s.valid_from <= v.hour AND v.hour < s.valid_until;

-- needed --
SELECT min(hour), max(hour) + interval '1 hour' FROM need;

-- put_seen --
-- All observations that the round needs, hour by hour: late ones lie scattered over four weeks. OFFSET 0 keeps it so; a planner that knows
-- nothing of `need` would rather read all that these datastreams said in that time.
INSERT INTO seen
SELECT n.datastream, n.hour, o.started_at, o.spans, o.value, o.part
FROM need n
CROSS JOIN LATERAL (
    SELECT started_at, spans, value, part FROM doorfiets.reading r
    WHERE r.datastream = n.datastream AND r.started_at >= n.hour AND r.started_at < n.hour + interval '1 hour'
          AND r.started_at >= %(from)s AND r.started_at < %(until)s
    OFFSET 0) o;

-- put_sums --
INSERT INTO summed
SELECT datastream, hour, count(*), coalesce(sum(spans), 0),
       CASE WHEN count(spans) > 0 THEN coalesce(sum(value) FILTER (WHERE part IS NULL)::int8, 0) + coalesce(sum(part), 0) END,
       min(value), max(value)
FROM seen
GROUP BY datastream, hour;

-- tally_hour --
SELECT c.datastream, c.hour, coalesce(s.rows, 0) AS rows, coalesce(s.valid, 0) AS valid, 3600 / d.seconds AS expected,
       s.total, s.minimum, s.maximum, %(rule)s AS rule
FROM claimed c
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN summed s ON s.datastream = c.datastream AND s.hour = c.hour
ORDER BY c.datastream, c.hour;

-- put_paired --
-- A stream is whole in a bin that its valid observations cover; a bin is paired where every stream is whole, and all agree on
-- holding both autumn hours or not. A stream of the bin's own length says its value at once, and once only: with the row that starts
-- where the bin does. A finer one adds up. The busiest interval of a merged row is taken as half of its two. Sums of numerics cost as much
-- where all are null, so nulls are filtered out.
WITH spoken AS NOT MATERIALIZED (
    SELECT v.voice, date_bin(v.width, o.started_at, 'epoch') AS bin, v.streams, v.seconds AS width, s.datastream, s.seconds, s.bicycles,
           o.started_at, o.value, o.part, o.spans
    FROM voice_hour v
    JOIN speaker s ON s.voice = v.voice AND s.valid_from <= v.hour AND v.hour < s.valid_until
    JOIN seen o ON o.datastream = s.datastream AND o.hour = v.hour
    WHERE v.seconds > 0 AND o.spans > 0),
said AS (
    SELECT voice, started_at AS bin, streams, bicycles, CASE WHEN part IS NULL THEN value END AS whole, part, spans
    FROM spoken WHERE seconds = width AND started_at = bin
    UNION ALL
    SELECT voice, bin, streams, bicycles, sum(value) FILTER (WHERE part IS NULL), sum(part) FILTER (WHERE part IS NOT NULL), max(spans)
    FROM spoken WHERE seconds < width
    GROUP BY voice, bin, streams, bicycles, datastream, seconds, width HAVING count(*) * seconds >= width),
bin AS (
    SELECT voice, date_bin('1 hour', bin, 'epoch') AS hour, (sum(spans) / count(*))::int4 AS spans,
           sum(whole) AS whole, sum(part) FILTER (WHERE part IS NOT NULL) AS part,
           sum(whole) FILTER (WHERE bicycles) AS bicycles, sum(part) FILTER (WHERE bicycles AND part IS NOT NULL) AS bicycles_part
    FROM said
    GROUP BY voice, bin, streams
    HAVING count(*) = streams AND sum(spans) IN (count(*), 2 * count(*)))
INSERT INTO paired
SELECT voice, hour, count(*), sum(spans), coalesce(sum(whole)::int8, 0) + coalesce(sum(part) FILTER (WHERE part IS NOT NULL), 0),
       coalesce(sum(bicycles)::int8, 0) + coalesce(sum(bicycles_part) FILTER (WHERE bicycles_part IS NOT NULL), 0),
       max(CASE WHEN part IS NULL THEN whole / spans ELSE ((coalesce(whole, 0)::int8 + part) / spans)::float8 END)
FROM bin GROUP BY voice, hour;

-- site_hour --
SELECT v.place AS site, v.facet AS mode, h.hour, coalesce(b.rows, 0) AS rows, coalesce(b.paired, 0) AS paired,
       coalesce(3600 / h.seconds, 0) AS expected, b.total, b.maximum, %(rule)s AS rule
FROM voice v
JOIN voice_hour h USING (voice)
LEFT JOIN paired b ON b.voice = h.voice AND b.hour = h.hour
WHERE v.kind = 'site'
ORDER BY v.place, v.facet, h.hour;

-- share_hour --
SELECT v.place AS screenline, v.facet AS variant, h.hour, coalesce(b.bicycles, 0) AS numerator,
       coalesce(b.total, 0) AS denominator, coalesce(b.paired, 0) AS paired, coalesce(3600 / h.seconds, 0) AS expected, %(rule)s AS rule
FROM voice v
JOIN voice_hour h USING (voice)
LEFT JOIN paired b ON b.voice = h.voice AND b.hour = h.hour
WHERE v.kind = 'share'
ORDER BY v.place, v.facet, h.hour;

-- tally_day --
-- Expected are the intervals of the real local day in which the datastream is valid, whether rows exist or not.
SELECT w.datastream, w.day, w.started_at, w.ended_at, h.rows, h.valid,
       greatest(0, extract(epoch FROM least(w.ended_at, d.valid_until) - greatest(w.started_at, d.valid_from)))::int4 / d.seconds AS expected,
       h.total, h.minimum, h.maximum, %(rule)s AS rule
FROM (
    SELECT DISTINCT c.datastream, y.day, y.started_at, y.ended_at
    FROM claimed c JOIN day_hour y USING (hour)) w
JOIN doorfiets.datastream d USING (datastream)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.rows), 0) AS rows, coalesce(sum(t.valid), 0) AS valid, sum(t.total) AS total,
           min(t.minimum) AS minimum, max(t.maximum) AS maximum
    FROM doorfiets.tally_hour t
    WHERE t.datastream = w.datastream AND t.hour >= w.started_at AND t.hour < w.ended_at) h;

-- put_voice_days --
-- What the calendar and the phases expect of a local day, whether rows exist or not: of every hour that begins in a phase.
INSERT INTO voice_day
SELECT w.voice, w.day, w.started_at, w.ended_at,
       coalesce(sum((ceil(extract(epoch FROM least(w.ended_at, p.valid_until)) / 3600)
                   - ceil(extract(epoch FROM greatest(w.started_at, p.valid_from)) / 3600))::int4 * (3600 / p.seconds)), 0)
FROM (
    SELECT DISTINCT v.voice, y.day, y.started_at, y.ended_at
    FROM voice_hour v JOIN day_hour y USING (hour)) w
LEFT JOIN phase p ON p.voice = w.voice AND p.seconds > 0 AND p.valid_from < w.ended_at AND w.started_at < p.valid_until
GROUP BY w.voice, w.day, w.started_at, w.ended_at;

-- site_day --
SELECT v.place AS site, v.facet AS mode, w.day, w.started_at, w.ended_at, h.rows, h.paired, w.expected, h.total, h.maximum, %(rule)s AS rule
FROM voice v
JOIN voice_day w USING (voice)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.rows), 0) AS rows, coalesce(sum(t.paired), 0) AS paired, sum(t.total) AS total,
           max(t.maximum) AS maximum
    FROM doorfiets.site_hour t
    WHERE t.site = v.place AND t.mode = v.facet AND t.hour >= w.started_at AND t.hour < w.ended_at) h
WHERE v.kind = 'site';

-- share_day --
SELECT v.place AS screenline, v.facet AS variant, w.day, w.started_at, w.ended_at, h.numerator, h.denominator, h.paired,
       w.expected, %(rule)s AS rule
FROM voice v
JOIN voice_day w USING (voice)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.numerator), 0) AS numerator, coalesce(sum(t.denominator), 0) AS denominator,
           coalesce(sum(t.paired), 0) AS paired
    FROM doorfiets.share_hour t
    WHERE t.screenline = v.place AND t.variant = v.facet AND t.hour >= w.started_at AND t.hour < w.ended_at) h
WHERE v.kind = 'share';

-- link_day --
-- The cyclists of the site that counts a link, or of the link whose count it assumes.
SELECT l.link, w.day, c.link AS counted_on, l.site IS NOT NULL AS measured, s.total AS cyclists, s.paired, s.expected, %(rule)s AS rule
FROM voice v
JOIN voice_day w USING (voice)
JOIN doorfiets.link c ON c.site = v.place
JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
JOIN doorfiets.site_day s ON s.site = v.place AND s.mode = v.facet AND s.day = w.day
WHERE v.kind = 'site' AND v.facet = 'bicycles';

-- route_links --
-- Every link of every route that a touched day concerns, in the order of the route; cyclists only where three quarters were counted.
-- Of a link that nobody counted the day has its intervals too, of the length at which its counter counts, else quarters.
SELECT r.route, w.day, l.name, l.length_km, l.green, l.site IS NOT NULL AS measured,
       CASE WHEN d.expected > 0 AND d.paired * 4 >= d.expected * 3 THEN d.cyclists::float8 END AS cyclists,
       coalesce(d.paired, 0) AS paired,
       coalesce(nullif(d.expected, 0), extract(epoch FROM w.ended_at - w.started_at)::int4 / coalesce(n.seconds, 900)) AS expected
FROM (
    SELECT DISTINCT rl.route, d.day, d.started_at, d.ended_at FROM voice v
    JOIN voice_day d USING (voice)
    JOIN doorfiets.link c ON c.site = v.place
    JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
    JOIN doorfiets.route_link rl ON rl.link = l.link
    WHERE v.kind = 'site' AND v.facet = 'bicycles') w
JOIN doorfiets.route_link r USING (route)
JOIN doorfiets.link l USING (link)
LEFT JOIN doorfiets.link_day d ON d.link = l.link AND d.day = w.day
LEFT JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
LEFT JOIN LATERAL (
    SELECT max(s.seconds) AS seconds FROM doorfiets.site_stream s WHERE s.site = c.site AND s.mode = 'bicycles') n ON true
ORDER BY r.route, w.day, r.position;

-- route_day --
-- One day of one route, as streams.domain.usage computes it from its links.
SELECT %(route)s AS route, %(day)s::date AS day, %(bicycle_km)s::float8 AS bicycle_km, %(measured_bicycle_km)s::float8 AS measured_bicycle_km,
       %(length_km)s::float8 AS length_km, %(measured_km)s::float8 AS measured_km, %(assumed_km)s::float8 AS assumed_km,
       %(missing_km)s::float8 AS missing_km, %(mean_cyclists)s::float8 AS mean_cyclists, %(through_ratio)s::float8 AS through_ratio,
       %(uniformity)s::float8 AS uniformity, %(green_share)s::float8 AS green_share, %(withheld)s::jsonb AS withheld, %(paired)s::int4 AS paired,
       %(expected)s::int4 AS expected, %(rule)s AS rule;

-- planning --
-- Rounds differ too much in size for one plan, and none is large enough to be compiled.
SET plan_cache_mode = force_custom_plan; SET jit = off; SET temp_buffers = '64MB';

-- in_turn --
-- Two sessions that mark the same years wait for each other here, not crosswise.
SELECT pg_advisory_xact_lock(7364205);

-- set_aside --
-- What the database refuses holds up nothing else. A newer mark of the hour goes with it: nobody could follow that one either.
WITH gone AS (DELETE FROM doorfiets.dirty WHERE datastream = %(datastream)s AND hour = %(hour)s)
INSERT INTO doorfiets.stuck (datastream, hour, problem) VALUES (%(datastream)s, %(hour)s, %(problem)s)
ON CONFLICT (hour, datastream) DO UPDATE SET problem = excluded.problem;

-- unstick --
DELETE FROM doorfiets.stuck s USING claimed c WHERE s.hour = c.hour AND s.datastream = c.datastream;

-- retry --
INSERT INTO doorfiets.dirty (datastream, hour) SELECT datastream, hour FROM doorfiets.stuck ORDER BY hour, datastream
ON CONFLICT (hour, datastream) DO NOTHING;
