-- usage_start --
-- The first day on which a route has an indicator.
SELECT min(started_at) AS valid_from FROM api.route_day WHERE route = %(route)s;

-- usage_days --
-- Every local day of a route with its links in order; a day without indicators is a gap.
WITH links AS (
    SELECT x.day, jsonb_agg(jsonb_build_object('link', l.link, 'name', l.name, 'length_km', l.length_km, 'green', l.green,
               'cyclists', CASE WHEN api.enough(x.paired, x.expected) THEN x.cyclists END, 'measured', x.measured, 'counted_on', x.counted_on,
               'valid', x.paired, 'expected', x.expected, 'quality_flags', x.quality_flags,
               'reason', CASE WHEN NOT api.enough(x.paired, x.expected) THEN api.coverage_below(x.paired, x.expected) END) ORDER BY rl.position) AS links
    FROM api.route_link rl JOIN api.link l USING (link) JOIN api.link_day_version x USING (link)
    WHERE rl.route = %(route)s AND x.day >= (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date AND x.day <= (%(end)s::timestamptz AT TIME ZONE %(zone)s)::date
      AND api.held_at(x.computed_at, x.replaced_at, %(at)s)
    GROUP BY x.day)
SELECT c.first_day AS day, c.started_at, c.ended_at, t.bicycle_km, t.measured_bicycle_km, t.length_km, t.measured_km, t.assumed_km, t.missing_km, t.mean_cyclists,
       t.through_ratio, t.uniformity, t.green_share, t.withheld AS reason, coalesce(t.paired, 0) AS valid, coalesce(t.expected, 0) AS expected,
       coalesce(t.quality_flags, 0) AS quality_flags,
       coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at,
       (SELECT array_agg(DISTINCT o.origin) FROM api.subject_origin o
        WHERE o.kind = 'route' AND o.subject = %(route)s AND o.valid_from < c.ended_at AND c.started_at < o.valid_until) AS origins,
       coalesce(k.links, '[]') AS links
FROM api.buckets('day', %(start)s, %(end)s, %(zone)s) c
LEFT JOIN api.route_day_version t ON t.route = %(route)s AND t.day = c.first_day AND api.held_at(t.computed_at, t.replaced_at, %(at)s)
LEFT JOIN links k ON k.day = c.first_day
ORDER BY c.first_day;

-- usage_days_state --
-- The route and its links.
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at))) AS state
FROM (SELECT day, revision, computed_at, replaced_at FROM api.route_day_version WHERE route = %(route)s
      UNION ALL
      SELECT x.day, x.revision, x.computed_at, x.replaced_at FROM api.route_link rl JOIN api.link_day_version x USING (link) WHERE rl.route = %(route)s) t
WHERE t.day >= (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date AND t.day <= ((%(end)s::timestamptz - interval '1 microsecond') AT TIME ZONE %(zone)s)::date
  AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- usage_newest --
-- The newest day before one of which a route has bicycle-kilometres; of a route without any, the newest that was computed.
SELECT day FROM api.route_day WHERE route = %(route)s AND day < %(before)s ORDER BY bicycle_km IS NULL, day DESC LIMIT 1;
