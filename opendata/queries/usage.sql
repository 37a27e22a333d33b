-- usage_start --
-- The first day on which a route has a figure.
SELECT min(day)::timestamp AT TIME ZONE %(zone)s AS valid_from FROM api.route_day WHERE route = %(route)s;

-- usage_days --
-- Every local day of a route with its links in order; a day without figures is a gap.
WITH calendar AS (
    SELECT d::date AS day, d AT TIME ZONE %(zone)s AS started_at, (d + interval '1 day') AT TIME ZONE %(zone)s AS ended_at
    FROM generate_series(date_trunc('day', %(start)s::timestamptz AT TIME ZONE %(zone)s), %(end)s::timestamptz AT TIME ZONE %(zone)s, '1 day') d
    WHERE d AT TIME ZONE %(zone)s >= %(start)s AND d AT TIME ZONE %(zone)s < %(end)s)
SELECT c.day, c.started_at, c.ended_at, t.bicycle_km, t.measured_bicycle_km, t.length_km, t.measured_km, t.assumed_km, t.missing_km, t.mean_cyclists,
       t.through_ratio, t.uniformity, t.green_share, t.withheld AS reason, coalesce(t.paired, 0) AS valid, coalesce(t.expected, 0) AS expected, 0 AS doubts,
       coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at,
       (SELECT array_agg(DISTINCT h.origin) FROM api.route_link rl JOIN api.link l USING (link) JOIN api.channel h USING (site)
        WHERE rl.route = %(route)s AND h.mode = 'bicycles' AND h.valid_from < c.ended_at AND c.started_at < h.valid_until) AS origins,
       coalesce((SELECT jsonb_agg(jsonb_build_object('link', l.link, 'name', l.name, 'length_km', l.length_km, 'green', l.green, 'cyclists', x.cyclists,
           'measured', x.measured, 'counted_on', x.counted_on, 'valid', x.paired, 'expected', x.expected) ORDER BY rl.position)
        FROM api.route_link rl JOIN api.link l USING (link) JOIN api.link_day x ON x.link = l.link AND x.day = c.day
        WHERE rl.route = %(route)s), '[]') AS links
FROM calendar c LEFT JOIN api.route_day t ON t.route = %(route)s AND t.day = c.day
ORDER BY c.day;
