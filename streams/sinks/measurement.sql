-- hold_feeds --
-- Of two transactions that store measurements of one datastream the second waits here, and then sees in its next statements what the first brought; one
-- that stores it on the grid waits where it counts its messages. Feeds are held in the order of their datastreams, those on the grid of the same batch
-- among them. Answers those that leave their grid now: another worker may have been there first. Feeds that are new get their row here, with nothing counted.
INSERT INTO doorfiets.feed AS f
    (datastream, last_started_at, last_ended_at, last_received_at, stored, duplicates, corrections, off_grid)
SELECT datastream, started_at, ended_at, received_at, 0, 0, 0, datastream = ANY (%(beside)s::int4[])
FROM unnest(%(feed)s::int4[], %(last_started_at)s::timestamptz[], %(last_ended_at)s::timestamptz[], %(last_received_at)s::timestamptz[])
     AS n(datastream, started_at, ended_at, received_at)
ORDER BY datastream
ON CONFLICT (datastream) DO UPDATE SET off_grid = true WHERE excluded.off_grid AND NOT f.off_grid
RETURNING datastream, off_grid;

-- take_along --
-- The first that lies beside the grid of these datastreams: from now on everything of them is in `measurement`, and what was stored on the grid is taken
-- along, whole, but for what the rows of the grid have by themselves (flag outside_window, bit 2097152). Answers how many rows that were, of each that had any.
WITH along AS (
    INSERT INTO doorfiets.measurement
        (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, run, number, restated, decoded_at)
    SELECT datastream, started_at, ended_at, value, uptime, quality_flags & ~2097152, received_at, coalesce(run, 0), coalesce(number, -1), coalesce(restated, false),
           decoded_at
    FROM doorfiets.observation WHERE datastream = ANY (%(new)s::int4[])
    RETURNING datastream)
SELECT datastream, count(*) FROM along GROUP BY datastream;

-- derive_all --
-- What is derived has no place in its sender's sequence: its measurements have.
UPDATE doorfiets.observation SET run = NULL, number = NULL, restated = NULL, decoded_at = NULL
WHERE datastream = ANY (%(new)s::int4[]) AND (number IS NOT NULL OR decoded_at IS NOT NULL);

-- numbered --
-- The measurements that have these numbers, whenever they were.
SELECT n.datastream, (extract(epoch FROM m.started_at) * 1000000)::int8, (extract(epoch FROM m.ended_at) * 1000000)::int8, m.value, m.uptime,
       m.quality_flags, (extract(epoch FROM m.received_at) * 1000000)::int8, m.run, m.number, m.restated,
       coalesce((extract(epoch FROM m.decoded_at) * 1000000)::int8, 0), NULL::int8
FROM unnest(%(datastream)s::int4[], %(run)s::int8[], %(number)s::int8[]) AS n(datastream, run, number)
CROSS JOIN LATERAL (
    SELECT * FROM doorfiets.measurement s
    WHERE s.datastream = n.datastream AND s.run = n.run AND s.number = n.number AND s.started_at = s.ended_at AND s.number >= 0
    OFFSET 0) m;

-- windows --
-- All measurements that end in these windows of their datastreams, each with the moment in which its run began.
SELECT n.datastream, (extract(epoch FROM m.started_at) * 1000000)::int8, (extract(epoch FROM m.ended_at) * 1000000)::int8, m.value, m.uptime,
       m.quality_flags, (extract(epoch FROM m.received_at) * 1000000)::int8, m.run, m.number, m.restated,
       coalesce((extract(epoch FROM m.decoded_at) * 1000000)::int8, 0), (extract(epoch FROM r.started_at) * 1000000)::int8
FROM unnest(%(datastream)s::int4[], %(low)s::timestamptz[], %(high)s::timestamptz[]) AS n(datastream, low, high)
CROSS JOIN LATERAL (
    SELECT * FROM doorfiets.measurement s
    WHERE s.datastream = n.datastream AND s.ended_at BETWEEN n.low AND n.high AND s.ended_at BETWEEN %(first)s AND %(last)s
    OFFSET 0) m
LEFT JOIN doorfiets.sender_run r ON m.number >= 0 AND r.run = m.run;

-- neighbours --
-- Of running totals the last before each window and the first after it, wherever they are; of several of one instant all. What is no total is passed
-- over, as `streams.domain.measurement.intervals.is_total` does; what excludes are the flags of doorfiets.counts.
SELECT n.datastream, (extract(epoch FROM m.started_at) * 1000000)::int8, (extract(epoch FROM m.ended_at) * 1000000)::int8, m.value, m.uptime,
       m.quality_flags, (extract(epoch FROM m.received_at) * 1000000)::int8, m.run, m.number, m.restated,
       coalesce((extract(epoch FROM m.decoded_at) * 1000000)::int8, 0), NULL::int8
FROM unnest(%(datastream)s::int4[], %(low)s::timestamptz[], %(high)s::timestamptz[], %(top)s::float8[]) AS n(datastream, low, high, top)
CROSS JOIN LATERAL (
    (SELECT ended_at FROM doorfiets.measurement s
     WHERE s.datastream = n.datastream AND s.ended_at < n.low AND s.started_at = s.ended_at
       AND doorfiets.counts(s.value, 1, s.quality_flags) AND s.value >= 0 AND s.value < n.top
     ORDER BY s.ended_at DESC LIMIT 1)
    UNION ALL
    (SELECT ended_at FROM doorfiets.measurement s
     WHERE s.datastream = n.datastream AND s.ended_at > n.high AND s.started_at = s.ended_at
       AND doorfiets.counts(s.value, 1, s.quality_flags) AND s.value >= 0 AND s.value < n.top
     ORDER BY s.ended_at LIMIT 1)) beside
CROSS JOIN LATERAL (
    SELECT * FROM doorfiets.measurement s
    WHERE s.datastream = n.datastream AND s.ended_at = beside.ended_at AND s.started_at = s.ended_at
    OFFSET 0) m;

-- take_away --
-- Measurements that turned out to be of another time or another place in their sender's sequence: they are put there next.
DELETE FROM doorfiets.measurement m
USING unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[], %(ended_at)s::timestamptz[], %(run)s::int8[], %(number)s::int8[])
      AS n(datastream, started_at, ended_at, run, number)
WHERE m.datastream = n.datastream AND m.ended_at = n.ended_at AND m.started_at = n.started_at AND m.run = n.run AND m.number = n.number
  AND m.ended_at BETWEEN %(first)s AND %(last)s;

-- put_measurements --
-- What is measured now, as it was sent.
INSERT INTO doorfiets.measurement
    (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, run, number, restated, decoded_at)
SELECT datastream, started_at, ended_at, nullif(value, 'NaN'), uptime, quality_flags, received_at, run, number, restated, nullif(decoded_at, 'epoch')
FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[], %(ended_at)s::timestamptz[], %(value)s::float8[], %(uptime)s::float4[],
            %(quality_flags)s::int4[], %(received_at)s::timestamptz[], %(run)s::int8[], %(number)s::int8[], %(restated)s::boolean[],
            %(decoded_at)s::timestamptz[])
     AS n(datastream, started_at, ended_at, value, uptime, quality_flags, received_at, run, number, restated, decoded_at);

-- put_grid --
-- The rows of the grid that follow from all measurements, of every interval that was touched; where nothing is measured any more, a row that stands is
-- emptied, and none is made. Only what differs is written, and marks its hour dirty (DO UPDATE locks the mark, as in `store_observations`). A row that is
-- new within a standing finding gets its flags. The feeds count every message; none measured later than it spoke.
WITH n AS (
    SELECT datastream, started_at, ended_at, nullif(value, 'NaN') AS value, uptime, quality_flags, received_at, measured
    FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[], %(ended_at)s::timestamptz[], %(value)s::float8[], %(uptime)s::float4[],
                %(quality_flags)s::int4[], %(received_at)s::timestamptz[], %(measured)s::boolean[])
         AS n(datastream, started_at, ended_at, value, uptime, quality_flags, received_at, measured)),
spoke AS (
    SELECT * FROM unnest(%(feed)s::int4[], %(last_started_at)s::timestamptz[], %(last_ended_at)s::timestamptz[], %(last_received_at)s::timestamptz[],
                         %(last_revised_at)s::timestamptz[], %(stored)s::int8[], %(corrections)s::int8[], %(duplicates)s::int8[], %(overtaken)s::int8[])
         AS s(datastream, started_at, ended_at, received_at, revised_at, stored, corrections, duplicates, overtaken)),
rows AS (
    SELECT n.datastream, n.started_at, n.ended_at, n.value, n.uptime, n.quality_flags,
           CASE WHEN n.measured THEN n.received_at ELSE o.received_at END AS received_at, s.revised_at,
           (n.value, n.uptime, n.quality_flags) IS DISTINCT FROM (o.value, o.uptime, o.quality_flags) AS changed,
           coalesce(o.found_flags, (
               SELECT bit_or(f.bit) FROM doorfiets.finding f
               WHERE f.datastream = n.datastream AND f.withdrawn_at IS NULL AND f.started_at <= n.started_at AND n.started_at < f.ended_at), 0) AS found_flags
    FROM n JOIN spoke s USING (datastream)
    LEFT JOIN LATERAL (
        SELECT * FROM doorfiets.observation p
        WHERE p.datastream = n.datastream AND p.started_at = n.started_at AND p.started_at BETWEEN %(first)s AND %(last)s
        OFFSET 0) o ON true
    WHERE n.measured OR o.datastream IS NOT NULL),
put AS (
    INSERT INTO doorfiets.observation AS o
        (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at, found_flags)
    SELECT datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at, found_flags FROM rows ORDER BY datastream, started_at
    ON CONFLICT (datastream, started_at) DO UPDATE SET
        ended_at = excluded.ended_at, value = excluded.value, uptime = excluded.uptime, quality_flags = excluded.quality_flags,
        received_at = excluded.received_at,
        revision = o.revision
            + ((o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags))::int,
        revised_at = CASE
            WHEN (o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags)
            THEN greatest(o.revised_at, excluded.revised_at) ELSE o.revised_at END
    WHERE (o.value, o.uptime, o.quality_flags, o.received_at)
        IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags, excluded.received_at)),
mark AS (
    INSERT INTO doorfiets.dirty_hour (datastream, hour)
    SELECT DISTINCT datastream, date_trunc('hour', started_at, 'UTC') FROM rows WHERE changed ORDER BY 2, 1
    ON CONFLICT (hour, datastream) DO UPDATE SET hour = excluded.hour)
UPDATE doorfiets.feed f SET
    last_started_at = greatest(f.last_started_at, s.started_at),
    last_ended_at = greatest(f.last_ended_at, s.ended_at),
    last_received_at = greatest(f.last_received_at, s.received_at),
    stored = f.stored + s.stored, corrections = f.corrections + s.corrections, duplicates = f.duplicates + s.duplicates,
    overtaken = f.overtaken + s.overtaken,
    delay = CASE WHEN s.ended_at > f.last_ended_at OR f.delay IS NULL
                 THEN doorfiets.delay(f.delay, extract(epoch FROM s.received_at - s.ended_at)::float4, s.received_at - f.last_received_at,
                                      s.ended_at - s.started_at) ELSE f.delay END,
    last_valid_ended_at = greatest(f.last_valid_ended_at, (
        SELECT max(least(r.ended_at, greatest(f.last_ended_at, s.ended_at))) FROM rows r
        WHERE r.datastream = f.datastream AND doorfiets.counts(r.value, r.uptime, r.quality_flags | r.found_flags)))
FROM spoke s WHERE f.datastream = s.datastream;
