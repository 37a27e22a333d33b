-- owner_numbers --
-- The owners whose days are asked for, all where nobody is named, by number.
SELECT number FROM doorfiets.owner WHERE %(owners)s::text[] IS NULL OR owner = ANY (%(owners)s::text[]) ORDER BY number;

-- wait_long --
-- What `aggregate` does may take long; nobody but who changes a registry ever waits for the lock that is waited for so long.
SET LOCAL lock_timeout = '90s';

-- hold_aggregates --
-- Not while the registry of one of these owners changes, and no round on their places meanwhile: all of them mark years of indicators.
SELECT doorfiets.hold_aggregates(%(numbers)s::int4[]);

-- wait_shortly --
-- Whatever else is waited for, others may want as well.
SET LOCAL lock_timeout = '500ms';

-- held_owners --
-- The owners that are held: one that was taken away before it could be held is not there any more.
SELECT owner FROM doorfiets.owner WHERE number = ANY (%(numbers)s::int4[]) ORDER BY owner;

-- owners --
-- All owners there are.
SELECT owner FROM doorfiets.owner ORDER BY owner;

-- mark --
-- The days of a range on which anything of some owners (null is all) was ever observed or aggregated, of each owner its own; many of them in two parts, so
-- that two sessions can work: odd parts are newer than the even ones that follow them.
WITH known AS (
    SELECT d.owner, (least(min(o.first), min(t.first)) AT TIME ZONE d.timezone)::date AS first,
           (greatest(max(o.last), max(t.last)) AT TIME ZONE d.timezone)::date AS last
    FROM doorfiets.datastream_owner d
    CROSS JOIN LATERAL (
        SELECT min(started_at) AS first, max(started_at) AS last FROM doorfiets.observation WHERE datastream = d.datastream) o
    CROSS JOIN LATERAL (
        SELECT min(hour) AS first, max(hour) AS last FROM doorfiets.datastream_hour WHERE datastream = d.datastream) t
    WHERE %(owners)s::text[] IS NULL OR d.owner = ANY (%(owners)s::text[])
    GROUP BY d.owner, d.timezone),
range AS (
    SELECT owner, 2 * (row_number() OVER (ORDER BY owner))::int4 - 2 AS before, greatest(first, %(first)s::date) AS first,
           least(last, %(last)s::date) AS last
    FROM known WHERE first IS NOT NULL),
part AS (
    SELECT r.owner, r.before + p.part AS part, p.first_day, p.last_day
    FROM range r
    CROSS JOIN LATERAL (SELECT CASE WHEN r.last - r.first >= 15 THEN r.first + (r.last - r.first) / 2 ELSE r.last END AS middle) h
    CROSS JOIN LATERAL (VALUES (1, h.middle + 1, r.last), (2, r.first, h.middle)) AS p(part, first_day, last_day)
    WHERE p.first_day <= p.last_day),
number AS MATERIALIZED (
    SELECT nextval('doorfiets.rebuild_number') AS rebuild),
requested AS (
    INSERT INTO doorfiets.rebuild (rebuild, part, owner, first_day, last_day, next_day)
    SELECT n.rebuild, part, owner, first_day, last_day, last_day + 1
    FROM number n CROSS JOIN part
    RETURNING rebuild, first_day, last_day)
SELECT rebuild, min(first_day), max(last_day), sum(last_day - first_day + 1)::int4 FROM requested GROUP BY rebuild;

-- mark_indicators --
-- Indicators of these years are computed again, too: their rule may have changed where their aggregates are right. In the order in which `aggregate`
-- claims them: it is waited for once, and then waits itself.
INSERT INTO doorfiets.indicator_due (kind, subject, facet, year, due_at)
SELECT DISTINCT 'site', s.site, s.mode, y.year, now()
FROM doorfiets.site_stream s JOIN doorfiets.datastream_owner o USING (datastream)
CROSS JOIN generate_series(extract(year FROM %(first)s::date)::int4, extract(year FROM %(last)s::date)::int4) AS y(year)
WHERE %(owners)s::text[] IS NULL OR o.owner = ANY (%(owners)s::text[])
UNION
SELECT DISTINCT 'station', d.station, d.quantity, y.year, now()
FROM doorfiets.datastream d JOIN doorfiets.datastream_owner o USING (datastream)
CROSS JOIN generate_series(extract(year FROM %(first)s::date)::int4, extract(year FROM %(last)s::date)::int4) AS y(year)
WHERE d.station IS NOT NULL AND (%(owners)s::text[] IS NULL OR o.owner = ANY (%(owners)s::text[]))
ORDER BY 1, 2, 3, 4
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(doorfiets.indicator_due.due_at, excluded.due_at);

-- progress --
-- How many days of a rebuild are still to be computed, and how many rows differed so far.
SELECT sum(next_day - first_day), sum(changed)::int8 FROM doorfiets.rebuild WHERE rebuild = %(rebuild)s GROUP BY rebuild;

-- next_piece --
-- The newest days first, as with marks; a second session rather takes even parts, since days that touch others are waited for. None of an owner whose
-- registry changes.
SELECT r.rebuild, r.part, r.owner, greatest(r.first_day, r.next_day - %(days)s::int4), r.next_day - 1, m.timezone
FROM doorfiets.rebuild r JOIN doorfiets.owner m USING (owner)
WHERE r.next_day > r.first_day AND r.owner = ANY (%(free)s::text[])
ORDER BY %(second)s::boolean AND r.part %% 2 = 1, r.next_day DESC, r.rebuild, r.part LIMIT 1 FOR UPDATE OF r SKIP LOCKED;

-- hold_days --
-- What follows from a day reaches into the next: two sessions that work on days which touch wait for each other.
SELECT pg_advisory_xact_lock(7364204, day) FROM generate_series(%(first)s::date - date '2000-01-01' - 1, %(last)s::date - date '2000-01-01' + 1) AS day;

-- lock_second --
-- A second session works beside the first; it goes with its session.
SELECT pg_try_advisory_lock(7364203);

-- marks_of_days --
-- The marks of these days that a rebuild takes away, as they were before it read anything.
INSERT INTO mark
SELECT ctid, xmin FROM doorfiets.dirty_hour
WHERE hour >= %(from)s AND hour < %(until)s AND datastream IN (SELECT datastream FROM doorfiets.datastream_owner WHERE owner = %(owner)s);

-- claim_marks_of_days --
-- Of these days only the hours that are marked: most of what lies between stands, and is right.
WITH taken AS (
    SELECT datastream, hour, ctid, xmin FROM doorfiets.dirty_hour WHERE hour >= %(from)s AND hour < %(until)s
        AND (NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[]))
            OR datastream NOT IN (SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[])))),
marks AS (
    INSERT INTO mark SELECT ctid, xmin FROM taken)
INSERT INTO claimed SELECT datastream, hour FROM taken;

-- more_memory --
-- A piece is as large as some hundred rounds.
SET LOCAL work_mem = '64MB';

-- put_seen_of_days --
-- All observations of all datastreams of an owner, and of those of others on the same screenlines. By the tables: the view of what a screenline counts
-- takes as long as reading a day.
INSERT INTO seen
SELECT datastream, hour, started_at, spans, value, part, quality_flags
FROM doorfiets.reading
WHERE datastream = ANY (ARRAY(
        SELECT datastream FROM doorfiets.datastream_owner WHERE owner = %(owner)s
        UNION
        SELECT d.datastream FROM doorfiets.screenline_channel m JOIN doorfiets.datastream d USING (channel) WHERE m.screenline IN (
            SELECT x.screenline
            FROM doorfiets.screenline_channel x JOIN doorfiets.channel c USING (channel) JOIN doorfiets.site s USING (site) WHERE s.owner = %(owner)s)))
    AND started_at >= %(from)s AND started_at < %(until)s;

-- put_seen_of_marked_days --
-- The observations of the hours that are needed, read in one stretch. OFFSET 0 keeps it so; a planner that knows nothing of `need` would rather
-- begin with that.
INSERT INTO seen
SELECT r.datastream, r.hour, r.started_at, r.spans, r.value, r.part, r.quality_flags
FROM (
    SELECT datastream, hour, started_at, spans, value, part, quality_flags FROM doorfiets.reading
    WHERE datastream = ANY (ARRAY(SELECT DISTINCT datastream FROM need)) AND started_at >= %(from)s AND started_at < %(until)s
    OFFSET 0) r
JOIN need USING (datastream, hour);

-- claim_days --
-- Every hour of these days of which there is anything of the owner's: observed, aggregated or marked.
WITH own AS (SELECT datastream FROM doorfiets.datastream_owner WHERE owner = %(owner)s)
INSERT INTO claimed
SELECT datastream, hour FROM summed WHERE datastream IN (SELECT datastream FROM own)
UNION
SELECT datastream, hour FROM doorfiets.dirty_hour WHERE hour >= %(from)s AND hour < %(until)s AND datastream IN (SELECT datastream FROM own)
UNION
SELECT d.datastream, t.hour
FROM own d
CROSS JOIN LATERAL (
    SELECT hour FROM doorfiets.datastream_hour t
    WHERE t.datastream = d.datastream AND t.hour >= %(from)s AND t.hour < %(until)s) t;

-- existing --
-- Whether anything of these days was aggregated before, by the tables that hold most. An upsert that changes nothing still locks its row, and that
-- writes it: so what stands is compared before it is written; and where nothing stands, an insert need not look for it. The days are given as a stretch,
-- which an index can follow.
WITH stretch AS MATERIALIZED (SELECT min(day) AS first, max(day) AS last FROM day),
own AS (SELECT datastream FROM doorfiets.datastream_owner WHERE owner = %(owner)s)
SELECT EXISTS (SELECT FROM own d CROSS JOIN LATERAL (
           SELECT FROM doorfiets.datastream_hour t WHERE t.datastream = d.datastream AND t.hour >= %(from)s AND t.hour < %(until)s LIMIT 1) t)
    OR EXISTS (SELECT FROM own d CROSS JOIN stretch y CROSS JOIN LATERAL (
           SELECT FROM doorfiets.datastream_day t WHERE t.datastream = d.datastream AND t.day >= y.first AND t.day <= y.last LIMIT 1) t)
    OR EXISTS (SELECT FROM aggregate_key v CROSS JOIN LATERAL (
           SELECT FROM doorfiets.site_hour t WHERE t.site = v.place AND t.mode = v.facet AND t.hour >= %(from)s AND t.hour < %(until)s LIMIT 1) t
           WHERE v.kind = 'site')
    OR EXISTS (SELECT FROM aggregate_key v CROSS JOIN stretch y CROSS JOIN LATERAL (
           SELECT FROM doorfiets.site_day t WHERE t.site = v.place AND t.mode = v.facet AND t.day >= y.first AND t.day <= y.last LIMIT 1) t
           WHERE v.kind = 'site')
    OR EXISTS (SELECT FROM aggregate_key v CROSS JOIN LATERAL (
           SELECT FROM doorfiets.share_hour t
           WHERE t.screenline = v.place AND t.variant = v.facet AND t.hour >= %(from)s AND t.hour < %(until)s LIMIT 1) t
           WHERE v.kind = 'share')
    OR EXISTS (SELECT FROM aggregate_key v CROSS JOIN stretch y CROSS JOIN LATERAL (
           SELECT FROM doorfiets.share_day t
           WHERE t.screenline = v.place AND t.variant = v.facet AND t.day >= y.first AND t.day <= y.last LIMIT 1) t
           WHERE v.kind = 'share');

-- scatter_days --
-- Days that cannot be computed at once are marked hour by hour, so that what can be computed is.
INSERT INTO doorfiets.dirty_hour (datastream, hour)
SELECT datastream, hour FROM claimed ORDER BY hour, datastream
ON CONFLICT (hour, datastream) DO NOTHING;

-- air_changed --
-- How many rows of air this transaction has written.
SELECT (SELECT count(*) FROM doorfiets.air_hour WHERE changed_in = pg_current_xact_id())
     + (SELECT count(*) FROM doorfiets.air_index_hour WHERE changed_in = pg_current_xact_id());

-- piece_done --
-- A piece is computed: what lies before it is still to be done, and nothing more where it was the first.
UPDATE doorfiets.rebuild
SET next_day = %(first)s, changed = changed + %(changed)s, done_at = CASE WHEN first_day = %(first)s THEN now() END
WHERE rebuild = %(rebuild)s AND part = %(part)s;
