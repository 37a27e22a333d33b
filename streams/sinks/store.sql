-- open_fences --
-- A partition that was never read starts at the oldest offset of its log.
INSERT INTO doorfiets.fence (topic, epoch, partition, next_offset)
SELECT %(topic)s, %(epoch)s, partition, next_offset
FROM unnest(%(partitions)s::int4[], %(offsets)s::int8[]) AS n(partition, next_offset)
ON CONFLICT (topic, epoch, partition) DO NOTHING;

-- read_fences --
-- Up to where each partition was stored, and the frame that was stored last.
SELECT partition, next_offset, frame FROM doorfiets.fence
WHERE topic = %(topic)s AND epoch = %(epoch)s AND partition = ANY (%(partitions)s::int4[]);

-- lock_fences --
-- A zombie waits here, and then finds that its records lie below the fence.
SELECT partition, next_offset FROM doorfiets.fence
WHERE topic = %(topic)s AND epoch = %(epoch)s AND partition = ANY (%(partitions)s::int4[])
ORDER BY partition FOR UPDATE;

-- move_fences --
-- With the fences move the marks of the bridges that the records held; most batches hold none. A mark never goes back, unless the one that stands
-- lies in the future: then a clock was wrong, and is not any more.
WITH passed AS (
    INSERT INTO doorfiets.watermark AS w (bridge, partition, published_until, waiting)
    SELECT bridge, partition, published_until, waiting
    FROM unnest(%(bridges)s::text[], %(marked)s::int4[], %(published_until)s::timestamptz[], %(waiting)s::int8[])
         AS n(bridge, partition, published_until, waiting)
    ORDER BY bridge, partition
    ON CONFLICT (bridge, partition) DO UPDATE SET published_until = greatest(
        excluded.published_until, CASE WHEN w.published_until <= now() + interval '1 minute' THEN w.published_until END),
        waiting = excluded.waiting)
UPDATE doorfiets.fence f SET next_offset = n.next_offset, frame = n.frame
FROM unnest(%(partitions)s::int4[], %(offsets)s::int8[], %(frames)s::text[]) AS n(partition, next_offset, frame)
WHERE f.topic = %(topic)s AND f.epoch = %(epoch)s AND f.partition = n.partition;

-- share_marks --
-- Readings of these owners are stored and their hours marked, until the transaction ends: who needs both as they are waits, or is waited for. Answers
-- whether a finding stands about any of the datastreams in the time of the batch: only then findings are looked up for every reading; and which of the
-- datastreams have everything in `measurement`: their observations are derived, and no message of theirs is stored as one.
SELECT doorfiets.share_marks(%(owners)s::int4[], %(datastreams)s::int4[], %(first)s::timestamptz, %(last)s::timestamptz),
       ARRAY(SELECT datastream FROM doorfiets.feed WHERE off_grid AND datastream = ANY (%(datastreams)s::int4[]));

-- windows --
-- The measuring windows that datastreams have now, of those that have any: asked while the marks are shared, so that no registry changes them meanwhile.
SELECT datastream, doorfiets.placed_window(datastream) FROM doorfiets.datastream
WHERE datastream = ANY (%(datastreams)s::int4[]) AND measuring_window <> 'always';

-- put_runs --
-- Runs of senders, each with the first message of it in this batch; answered in the order of `run`, with the moment in which each was first seen.
-- What is known is not written again: an upsert that changes nothing still writes its row.
WITH said AS (
    SELECT * FROM unnest(%(run)s::int8[], %(sensor)s::text[], %(started_at)s::timestamptz[]) AS n(run, sensor, started_at)),
put AS (
    INSERT INTO doorfiets.sender_run AS r (run, sensor, started_at)
    SELECT n.run, n.sensor, n.started_at
    FROM said n LEFT JOIN doorfiets.sender_run k USING (run)
    WHERE k.run IS NULL OR n.started_at < k.started_at
    ORDER BY n.run
    ON CONFLICT (run) DO UPDATE SET started_at = least(r.started_at, excluded.started_at)
    RETURNING run, started_at)
SELECT (extract(epoch FROM coalesce(p.started_at, k.started_at)) * 1000000)::int8
FROM said n LEFT JOIN put p USING (run) LEFT JOIN doorfiets.sender_run k USING (run)
ORDER BY n.run;

-- store_observations --
-- One message about an interval: the newer stands (doorfiets.newer), so replays and duplicates are harmless; a newer one that says the same still moves
-- `received_at`, else A(5) B(6) A(5) of a sender without numbers would depend on the order of arrival. What changed marks its hour dirty: DO UPDATE locks
-- the mark until we commit, so that `aggregate` cannot take an old mark away without seeing these rows. Answers, beside what became of them, the places of
-- those that are not newer than what stands, and the datastreams that another worker took off their grid since this one asked: their rows here are wrong.
-- What is new within a standing finding gets its flags; what stands has them.
WITH put AS (
    INSERT INTO doorfiets.observation AS o
        (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at, run, number, decoded_at, found_flags)
    SELECT datastream, started_at, ended_at, nullif(value, 'NaN'), uptime, quality_flags, received_at, greatest(received_at, decoded_at),
           CASE WHEN number >= 0 THEN run END, nullif(number, -1), nullif(decoded_at, 'epoch'),
           CASE WHEN %(found)s::boolean THEN coalesce((
               SELECT bit_or(f.bit) FROM doorfiets.finding f
               WHERE f.datastream = n.datastream AND f.withdrawn_at IS NULL AND n.started_at < f.ended_at
                 AND doorfiets.is_about(f.started_at, f.ended_at, n.started_at, n.quality_flags)), 0) ELSE 0 END
    FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[], %(ended_at)s::timestamptz[], %(value)s::float8[],
                %(uptime)s::float4[], %(quality_flags)s::int4[], %(received_at)s::timestamptz[], %(run)s::int8[], %(number)s::int8[],
                %(decoded_at)s::timestamptz[])
         AS n(datastream, started_at, ended_at, value, uptime, quality_flags, received_at, run, number, decoded_at)
    ON CONFLICT (datastream, started_at) DO UPDATE SET
        ended_at = excluded.ended_at, value = excluded.value, uptime = excluded.uptime, quality_flags = excluded.quality_flags,
        received_at = excluded.received_at, decoded_at = excluded.decoded_at,
        run = coalesce(excluded.run, o.run), number = coalesce(excluded.number, o.number),
        restated = CASE WHEN excluded.number IS NULL AND o.number IS NOT NULL THEN true END,
        revision = o.revision
            + ((o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags))::int,
        revised_at = CASE
            WHEN (o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags)
            THEN excluded.revised_at ELSE o.revised_at END
    WHERE doorfiets.newer(
        excluded.run, (SELECT started_at FROM doorfiets.sender_run r WHERE r.run = excluded.run), excluded.number, excluded.received_at,
        excluded.decoded_at, o.run, (SELECT started_at FROM doorfiets.sender_run r WHERE r.run = o.run), o.number, o.received_at, o.decoded_at,
        o.restated)
    RETURNING datastream, started_at, revised_at = greatest(received_at, decoded_at) AS changed, revision = 1 AS fresh,
              CASE WHEN doorfiets.counts(value, uptime, quality_flags | found_flags) THEN ended_at END AS valid_ended_at),
mark AS (
    INSERT INTO doorfiets.dirty_hour (datastream, hour)
    SELECT DISTINCT datastream, date_trunc('hour', started_at, 'UTC') FROM put WHERE changed ORDER BY 2, 1
    ON CONFLICT (hour, datastream) DO UPDATE SET hour = excluded.hour),
outcome AS (
    SELECT datastream, count(*) AS put, count(*) FILTER (WHERE changed AND fresh) AS stored,
           count(*) FILTER (WHERE changed AND NOT fresh) AS corrections, max(valid_ended_at) AS valid_ended_at
    FROM put GROUP BY datastream),
feed AS (
    INSERT INTO doorfiets.feed AS f
        (datastream, last_started_at, last_ended_at, last_received_at, stored, duplicates, corrections, last_valid_ended_at, delay)
    SELECT datastream, n.started_at, n.ended_at, n.received_at, coalesce(o.stored, 0), coalesce(o.put - o.stored - o.corrections, 0),
           coalesce(o.corrections, 0), o.valid_ended_at, doorfiets.delay(0, extract(epoch FROM n.received_at - n.ended_at)::float4, n.ended_at - n.started_at, n.ended_at - n.started_at)
    FROM unnest(%(feed)s::int4[], %(last_started_at)s::timestamptz[], %(last_ended_at)s::timestamptz[], %(last_received_at)s::timestamptz[])
         AS n(datastream, started_at, ended_at, received_at)
    LEFT JOIN outcome o USING (datastream)
    ORDER BY datastream
    ON CONFLICT (datastream) DO UPDATE SET
        last_started_at = greatest(f.last_started_at, excluded.last_started_at),
        last_ended_at = greatest(f.last_ended_at, excluded.last_ended_at),
        last_received_at = greatest(f.last_received_at, excluded.last_received_at),
        stored = f.stored + excluded.stored,
        duplicates = f.duplicates + excluded.duplicates,
        corrections = f.corrections + excluded.corrections,
        last_valid_ended_at = greatest(f.last_valid_ended_at, excluded.last_valid_ended_at),
        delay = CASE WHEN excluded.last_ended_at > f.last_ended_at
                     THEN doorfiets.delay(f.delay, extract(epoch FROM excluded.last_received_at - excluded.last_ended_at)::float4,
                                           excluded.last_received_at - f.last_received_at, excluded.last_ended_at - excluded.last_started_at)
                     ELSE f.delay END
    RETURNING datastream, off_grid),
older AS (
    SELECT place
    FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[]) WITH ORDINALITY AS n(datastream, started_at, place)
    WHERE (SELECT count(*) FROM put) < cardinality(%(datastream)s::int4[])
      AND NOT EXISTS (SELECT FROM put p WHERE p.datastream = n.datastream AND p.started_at = n.started_at))
SELECT coalesce(sum(stored), 0)::int8, coalesce(sum(corrections), 0)::int8, (SELECT array_agg(place - 1) FROM older),
       (SELECT array_agg(datastream) FROM feed WHERE off_grid) FROM outcome;

-- count_older --
-- Messages that are not newer than what stands: what says something else was overtaken, the rest are duplicates. The range keeps the search to the
-- chunks that hold them.
WITH available AS (
    SELECT n.datastream, count(*) AS messages,
           count(*) FILTER (WHERE (o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (nullif(n.value, 'NaN'), n.uptime, n.quality_flags)
                            AND (n.number < 0 OR (n.run, n.number) IS DISTINCT FROM (o.run, o.number))) AS overtaken
    FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[], %(value)s::float8[], %(uptime)s::float4[], %(quality_flags)s::int4[],
                %(run)s::int8[], %(number)s::int8[]) AS n(datastream, started_at, value, uptime, quality_flags, run, number)
    CROSS JOIN LATERAL (
        SELECT * FROM doorfiets.observation s
        WHERE s.datastream = n.datastream AND s.started_at = n.started_at AND s.started_at BETWEEN %(first)s AND %(last)s
        OFFSET 0) o
    GROUP BY n.datastream)
UPDATE doorfiets.feed f SET duplicates = f.duplicates + t.messages - t.overtaken, overtaken = f.overtaken + t.overtaken
FROM available t WHERE f.datastream = t.datastream;

-- existing --
-- What stands of intervals, with their places in the question.
SELECT n.place - 1, o.value, o.uptime, o.quality_flags, (extract(epoch FROM o.received_at) * 1000000)::int8, o.run,
       (extract(epoch FROM r.started_at) * 1000000)::int8, o.number, coalesce(o.restated, false),
       coalesce((extract(epoch FROM o.decoded_at) * 1000000)::int8, 0)
FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[]) WITH ORDINALITY AS n(datastream, started_at, place)
CROSS JOIN LATERAL (
    SELECT * FROM doorfiets.observation s
    WHERE s.datastream = n.datastream AND s.started_at = n.started_at AND s.started_at BETWEEN %(first)s AND %(last)s
    OFFSET 0) o
LEFT JOIN doorfiets.sender_run r ON r.run = o.run;

-- store_followed --
-- Several messages about an interval: `streams.domain.sequence.follow` has said what stands after all of them, and what became of each. A revision is
-- what a reader could have seen: a correction that comes with what it corrects changes what is counted, not what stood.
WITH put AS (
    INSERT INTO doorfiets.observation AS o
        (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at, run, number, restated, decoded_at, found_flags)
    SELECT datastream, started_at, ended_at, nullif(value, 'NaN'), uptime, quality_flags, received_at, greatest(received_at, decoded_at),
           CASE WHEN number >= 0 THEN run END, nullif(number, -1), nullif(restated, false), nullif(decoded_at, 'epoch'),
           CASE WHEN %(found)s::boolean THEN coalesce((
               SELECT bit_or(f.bit) FROM doorfiets.finding f
               WHERE f.datastream = n.datastream AND f.withdrawn_at IS NULL AND n.started_at < f.ended_at
                 AND doorfiets.is_about(f.started_at, f.ended_at, n.started_at, n.quality_flags)), 0) ELSE 0 END
    FROM unnest(%(datastream)s::int4[], %(started_at)s::timestamptz[], %(ended_at)s::timestamptz[], %(value)s::float8[],
                %(uptime)s::float4[], %(quality_flags)s::int4[], %(received_at)s::timestamptz[], %(run)s::int8[], %(number)s::int8[],
                %(restated)s::boolean[], %(decoded_at)s::timestamptz[])
         AS n(datastream, started_at, ended_at, value, uptime, quality_flags, received_at, run, number, restated, decoded_at)
    ORDER BY datastream, started_at
    ON CONFLICT (datastream, started_at) DO UPDATE SET
        ended_at = excluded.ended_at, value = excluded.value, uptime = excluded.uptime, quality_flags = excluded.quality_flags,
        received_at = excluded.received_at, run = excluded.run, number = excluded.number, restated = excluded.restated,
        decoded_at = excluded.decoded_at,
        revision = o.revision
            + ((o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags))::int,
        revised_at = CASE
            WHEN (o.value, o.uptime, o.quality_flags) IS DISTINCT FROM (excluded.value, excluded.uptime, excluded.quality_flags)
            THEN excluded.revised_at ELSE o.revised_at END
    RETURNING datastream, started_at, revised_at = greatest(received_at, decoded_at) AS changed,
              CASE WHEN doorfiets.counts(value, uptime, quality_flags | found_flags) THEN ended_at END AS valid_ended_at),
mark AS (
    INSERT INTO doorfiets.dirty_hour (datastream, hour)
    SELECT DISTINCT datastream, date_trunc('hour', started_at, 'UTC') FROM put WHERE changed ORDER BY 2, 1
    ON CONFLICT (hour, datastream) DO UPDATE SET hour = excluded.hour)
UPDATE doorfiets.feed f SET
    stored = f.stored + n.stored, corrections = f.corrections + n.corrections, duplicates = f.duplicates + n.duplicates,
    overtaken = f.overtaken + n.overtaken,
    last_valid_ended_at = greatest(f.last_valid_ended_at, (SELECT max(valid_ended_at) FROM put p WHERE p.datastream = f.datastream))
FROM unnest(%(feed)s::int4[], %(stored)s::int8[], %(corrections)s::int8[], %(duplicates)s::int8[], %(overtaken)s::int8[])
     AS n(datastream, stored, corrections, duplicates, overtaken)
WHERE f.datastream = n.datastream;

-- store_rejections --
-- The same message refused again, for the same reason, is the same row. Every message of a bridge has a later time than the one
-- before: a reception between the first and the last is one that the log holds twice, and is not counted again.
INSERT INTO doorfiets.rejection AS r
    (digest, reason, detail, topic, dialect, sensor, payload, first_received_at, last_received_at, receptions)
VALUES (%(digest)s, %(reason)s, %(detail)s, %(topic)s, %(dialect)s, %(sensor)s, %(payload)s, %(received_at)s, %(received_at)s, 1)
ON CONFLICT (digest) DO UPDATE SET
    first_received_at = least(r.first_received_at, excluded.first_received_at),
    last_received_at = greatest(r.last_received_at, excluded.last_received_at),
    receptions = r.receptions + (excluded.last_received_at NOT BETWEEN r.first_received_at AND r.last_received_at)::int,
    refused_at = now();

-- set_record_aside --
-- A log that is read again from its beginning fails at the same places.
INSERT INTO doorfiets.failed_record (topic, epoch, partition, log_offset, item, reason, detail, sensor, payload, header_names, header_values)
VALUES (%(topic)s, %(epoch)s, %(partition)s, %(offset)s, %(item)s, %(reason)s, %(detail)s, %(sensor)s, %(payload)s,
        %(header_names)s::text[], %(header_values)s::bytea[])
ON CONFLICT (topic, epoch, partition, log_offset, item) DO NOTHING;

-- note_sources --
-- What registered sensors send that nobody registered, each once, at most so many of a sensor.
INSERT INTO doorfiets.unregistered_source (sensor, source, first_received_at, last_value)
SELECT sensor, source, received_at, value
FROM (SELECT *, row_number() OVER (PARTITION BY sensor ORDER BY received_at, source) AS place
      FROM unnest(%(sensor)s::text[], %(source)s::text[], %(received_at)s::timestamptz[], %(value)s::float8[]) AS n(sensor, source, received_at, value)) s
WHERE place + (SELECT count(*) FROM doorfiets.unregistered_source u WHERE u.sensor = s.sensor) <= %(most)s
ORDER BY sensor, source
ON CONFLICT (sensor, source) DO NOTHING;

-- put_batteries --
-- The newest voltage of each battery.
INSERT INTO doorfiets.battery AS b (device, measured_at, voltage)
SELECT device, measured_at, voltage
FROM unnest(%(device)s::text[], %(measured_at)s::timestamptz[], %(voltage)s::float8[]) AS n(device, measured_at, voltage)
ORDER BY device
ON CONFLICT (device) DO UPDATE SET measured_at = excluded.measured_at, voltage = excluded.voltage WHERE excluded.measured_at > b.measured_at;

-- battery_sources --
-- By which source each device says the voltage of its battery, and the factor that makes it V: what is registered as that, else the first field that its
-- profile says is that.
SELECT DISTINCT ON (sensor) sensor, source, scale
FROM (SELECT sensor, source, scale, valid_from, 0 AS place FROM doorfiets.datastream WHERE quantity = 'battery'
      UNION ALL
      SELECT device, source, 1, '-infinity', place FROM doorfiets.battery_field) known
ORDER BY sensor, valid_from DESC, place;

-- noted_sources --
-- Unregistered sources that were noted.
SELECT sensor, source FROM doorfiets.unregistered_source;

-- directory_state --
-- What differs after every change of the registered datastreams.
SELECT state FROM doorfiets.directory_state;

-- datastreams --
-- The registry as `store` needs it; a count is plausible per hour and scales with the interval, a concentration is judged in the unit it came in. What
-- comes without an interval is what the profile of its device says, else an increment where it is a count, else a sample.
SELECT d.datastream, d.sensor, d.source, d.seconds * interval '1 second' AS interval, d.seconds,
       q.plausible_low * s.part / d.scale AS low, q.plausible_high * s.part / d.scale AS high, d.valid_from, d.valid_until, o.number AS owner,
       CASE WHEN d.sampling <> 'interval' THEN d.sampling WHEN q.fold = 'sum' THEN 'increment' ELSE 'sample' END AS sampling,
       d.every_seconds AS every, d.register_bits AS bits, d.restart, d.gap,
       CASE WHEN d.measuring_window = 'always' THEN '' ELSE doorfiets.placed_window(d.datastream) END AS placed_window
FROM doorfiets.datastream d
JOIN doorfiets.datastream_owner o USING (datastream)
JOIN doorfiets.quantity q USING (quantity),
LATERAL (SELECT CASE q.fold WHEN 'sum' THEN d.seconds / 3600.0 ELSE 1 END AS part) s
ORDER BY d.sensor, d.source, d.valid_from;
