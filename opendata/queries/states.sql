-- count_quarters_state --
-- What an answer of quarters rests on: each query of numbers has one beside it, of its own name, with the same values. `state` is another text after
-- every row of its range that came, went or was revised; as of a moment, of the rows that stood then.
SELECT api.observed_state('site', %(site)s, %(mode)s, %(direction)s, %(start)s, %(end)s) AS state;

-- count_hours_directed_state --
SELECT api.observed_state('site', %(site)s, %(mode)s, %(direction)s, %(start)s, %(end)s) AS state;

-- count_days_directed_state --
SELECT api.observed_state('site', %(site)s, %(mode)s, %(direction)s, min(b.started_at), max(b.ended_at)) AS state
FROM api.buckets(%(unit)s, %(start)s, %(end)s) b;

-- count_hours_state --
-- With the hour before: it may tell of the first.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.site_hour_version
WHERE site = %(site)s AND mode = %(mode)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s AND api.held_at(computed_at, replaced_at, %(at)s);

-- count_days_state --
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.site_day_version
WHERE site = %(site)s AND mode = %(mode)s AND day >= (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date
  AND day <= ((%(end)s::timestamptz - interval '1 microsecond') AT TIME ZONE %(zone)s)::date AND api.held_at(computed_at, replaced_at, %(at)s);

-- count_periods_state --
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at))) AS state
FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM api.buckets(%(unit)s, %(start)s, %(end)s)) b
JOIN api.site_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.site = %(site)s AND t.mode = %(mode)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- share_quarters_state --
SELECT api.observed_state('screenline', %(screenline)s, %(variant)s, NULL, %(start)s, %(end)s) AS state;

-- share_hours_state --
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.share_hour_version
WHERE screenline = %(screenline)s AND variant = %(variant)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s
  AND api.held_at(computed_at, replaced_at, %(at)s);

-- share_days_state --
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at))) AS state
FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM api.buckets(%(unit)s, %(start)s, %(end)s)) b
JOIN api.share_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.screenline = %(screenline)s AND t.variant = %(variant)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- share_rolling_state --
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at))) AS state
FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM api.buckets('rolling_year', %(start)s, %(end)s)) b
JOIN api.share_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.screenline = %(screenline)s AND t.variant = %(variant)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- usage_days_state --
-- The route and its links.
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at))) AS state
FROM (SELECT day, revision, computed_at, replaced_at FROM api.route_day_version WHERE route = %(route)s
      UNION ALL
      SELECT x.day, x.revision, x.computed_at, x.replaced_at FROM api.route_link rl JOIN api.link_day_version x USING (link) WHERE rl.route = %(route)s) t
WHERE t.day >= (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date AND t.day <= ((%(end)s::timestamptz - interval '1 microsecond') AT TIME ZONE %(zone)s)::date
  AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- air_hours_state --
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.air_layer_hour_version
WHERE station = %(station)s AND layer = %(layer)s AND hour >= %(start)s AND hour < %(end)s AND (%(quantity)s::text IS NULL OR quantity = %(quantity)s)
  AND api.held_at(computed_at, replaced_at, %(at)s);

-- air_indices_state --
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.air_index_hour_version
WHERE station = %(station)s AND hour >= %(start)s AND hour < %(end)s AND (%(scheme)s::text IS NULL OR scheme = %(scheme)s)
  AND api.held_at(computed_at, replaced_at, %(at)s);

-- indicators_state --
-- Those that stand now, which say which there are, and those that stood at the moment.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)), count(*) FILTER (WHERE replaced_at < 'infinity')) AS state
FROM api.indicator_value_version
WHERE kind = %(kind)s AND subject = %(subject)s AND (%(facet)s::text IS NULL OR facet = %(facet)s)
  AND (%(indicator)s::text IS NULL OR indicator = %(indicator)s) AND (%(period)s::text IS NULL OR period = %(period)s)
  AND (%(first)s::date IS NULL OR first_day >= %(first)s) AND (%(last)s::date IS NULL OR last_day <= %(last)s)
  AND (api.held_at(computed_at, replaced_at, NULL) OR api.held_at(computed_at, replaced_at, %(at)s));
