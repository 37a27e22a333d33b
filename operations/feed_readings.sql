-- newest --
-- What was received of a device after a moment, the newest first: readings as they were sent, with their quality flags, and refused messages.
SELECT * FROM (
    SELECT o.received_at, d.source, d.quantity, o.started_at, o.ended_at, o.value, o.quality_flags | o.found_flags AS quality_flags, NULL AS refused, NULL AS detail
    FROM doorfiets.datastream d
    JOIN doorfiets.observation o USING (datastream)
    LEFT JOIN doorfiets.feed f USING (datastream)
    WHERE d.sensor = %(sensor)s AND f.off_grid IS NOT TRUE AND o.received_at > %(after)s AND o.started_at > %(after)s - interval '31 days'
    UNION ALL
    SELECT m.received_at, d.source, d.quantity, m.started_at, m.ended_at, m.value, m.quality_flags, NULL, NULL
    FROM doorfiets.datastream d
    JOIN doorfiets.measurement m USING (datastream)
    WHERE d.sensor = %(sensor)s AND m.received_at > %(after)s AND m.ended_at > %(after)s - interval '31 days'
    UNION ALL
    SELECT r.last_received_at, '', '', NULL, NULL, NULL, NULL, r.reason, r.detail
    FROM doorfiets.rejection r WHERE r.sensor = %(sensor)s AND r.last_received_at > %(after)s) received
ORDER BY received_at DESC, ended_at DESC, source LIMIT %(most)s;

-- gaps --
-- The stretches of a range in which intervals of a device's datastreams are missing, in order: as long as each is valid, and only until when what was
-- published is stored. Of a device with a measuring window those of its window: at night a camera misses nothing.
WITH wanted AS (
    SELECT d.datastream, d.source, d.seconds * interval '1 second' AS interval, d.seconds, doorfiets.placed_window(d.datastream) AS placed,
           greatest(%(first)s, d.valid_from) AS first, least(%(last)s, d.valid_until, i.reference_at) AS last
    FROM doorfiets.datastream d CROSS JOIN (SELECT least(now(), stored_until) AS reference_at FROM doorfiets.intake) i
    WHERE d.sensor = %(sensor)s),
edge AS (
    SELECT a.*, date_bin(a.interval, a.first - interval '1 microsecond', 'epoch') + a.interval AS opens, date_bin(a.interval, a.last, 'epoch') AS closes
    FROM wanted a WHERE a.first < a.last),
measured AS (
    SELECT e.datastream, o.ended_at AS gone_from, lead(o.started_at, 1, e.closes) OVER (PARTITION BY e.datastream ORDER BY o.started_at) AS gone_until
    FROM edge e JOIN doorfiets.observation o ON o.datastream = e.datastream AND o.started_at >= e.opens AND o.started_at < e.closes
    UNION ALL
    SELECT e.datastream, e.opens, coalesce(n.started_at, e.closes)
    FROM edge e LEFT JOIN LATERAL (
        SELECT o.started_at FROM doorfiets.observation o
        WHERE o.datastream = e.datastream AND o.started_at >= e.opens AND o.started_at < e.closes ORDER BY o.started_at LIMIT 1) n ON true)
SELECT e.source, m.gone_from AS started_at, m.gone_until AS ended_at, n.intervals, e.seconds AS interval
FROM edge e JOIN measured m USING (datastream)
CROSS JOIN LATERAL (SELECT CASE WHEN e.placed IS NULL THEN (extract(epoch FROM m.gone_until - m.gone_from) / e.seconds)::int4
                                ELSE api.whole_bins(api.measuring_time(ARRAY[e.placed], m.gone_from, m.gone_until), e.seconds) END AS intervals) n
WHERE m.gone_until - m.gone_from >= e.interval AND n.intervals > 0
ORDER BY m.gone_from, e.source;

-- runs --
-- The runs of a sender that numbers what it says, in a range: the first and the last number of each that stands for anything, and how many between them
-- stand for nothing.
WITH said AS (
    SELECT o.run, o.number, o.started_at AS at
    FROM doorfiets.datastream d JOIN doorfiets.observation o USING (datastream)
    WHERE d.sensor = %(sensor)s AND o.number IS NOT NULL AND o.started_at >= %(first)s AND o.started_at < %(last)s
    UNION ALL
    SELECT m.run, m.number, m.ended_at
    FROM doorfiets.datastream d JOIN doorfiets.measurement m USING (datastream)
    WHERE d.sensor = %(sensor)s AND m.number >= 0 AND m.ended_at >= %(first)s AND m.ended_at < %(last)s),
numbered AS (
    SELECT run, number, lead(number) OVER (PARTITION BY run ORDER BY number) AS next FROM (SELECT DISTINCT run, number FROM said) once)
SELECT r.started_at AS run_started_at, min(n.number) AS first_number, max(n.number) AS last_number, count(*)::int8 AS numbers,
       max(n.number) - min(n.number) + 1 - count(*)::int8 AS lost,
       coalesce((array_agg(ARRAY[n.number + 1, n.next - 1] ORDER BY n.number) FILTER (WHERE n.next > n.number + 1))[1:20], '{}') AS lost_numbers
FROM numbered n LEFT JOIN doorfiets.sender_run r USING (run)
GROUP BY n.run, r.started_at
ORDER BY r.started_at NULLS FIRST;

-- changes --
-- The states that feeds came into lately, in the order in which they were seen, with the state before.
SELECT k.datastream, k.seen_at, k.since, d.sensor AS device, coalesce(s.site, t.station) AS place, coalesce(s.name, t.name) AS place_name,
       coalesce(d.channel, d.quantity) AS what, b.status AS before, k.status, k.reason
FROM doorfiets.feed_state k
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.feed_state b ON b.datastream = k.datastream AND b.until = k.since
WHERE k.seen_at > %(after)s
ORDER BY k.seen_at, k.since, k.datastream;

-- watched --
-- Whether process `watch` is connected.
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'watch' AND datname = current_database()) AS runs;
