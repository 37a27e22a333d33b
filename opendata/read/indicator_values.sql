-- indicators --
-- The indicators of one subject whose period lies within a range of days, a page at a time in the order of `key`. As of a moment: what stands now and what
-- stood in its place then.
WITH origin AS MATERIALIZED (
    SELECT facet, origin, valid_from, valid_until FROM api.subject_origin WHERE kind = %(kind)s AND subject = %(subject)s),
existing AS (
    SELECT k.indicator, k.facet, k.period, k.first_day, k.part, coalesce(v.last_day, k.last_day) AS last_day, coalesce(v.started_at, k.started_at) AS started_at,
           coalesce(v.ended_at, k.ended_at) AS ended_at, v.value, v.low, v.high, v.withheld, v.basis,
           coalesce(v.valid, 0) AS valid, coalesce(v.expected, k.expected) AS expected, coalesce(v.revision, 0) AS revision, v.computed_at,
           coalesce(v.quality_flags, 0) AS quality_flags,
           coalesce(v.rule, k.rule) AS rule, concat_ws('|', k.first_day, k.period, k.indicator, k.facet, k.part) AS key
    FROM api.indicator_value k
    LEFT JOIN api.indicator_value_version v ON v.kind = %(kind)s AND v.subject = %(subject)s AND v.facet = k.facet AND v.indicator = k.indicator
        AND v.period = k.period AND v.first_day = k.first_day AND v.part = k.part AND api.held_at(v.computed_at, v.replaced_at, %(at)s)
    WHERE k.kind = %(kind)s AND k.subject = %(subject)s AND (%(facet)s::text IS NULL OR k.facet = %(facet)s)
      AND (%(indicator)s::text IS NULL OR k.indicator = %(indicator)s) AND (%(period)s::text IS NULL OR k.period = %(period)s)),
page AS (
    SELECT * FROM existing
    WHERE (%(first)s::date IS NULL OR first_day >= %(first)s) AND (%(last)s::date IS NULL OR last_day <= %(last)s)
      AND (%(since)s::timestamptz IS NULL OR computed_at > %(since)s) AND (%(after)s::text IS NULL OR key > %(after)s)
    ORDER BY key LIMIT %(limit)s)
SELECT p.*, p.first_day AS day, p.withheld AS reason, p.computed_at AS revised_at,
       (SELECT array_agg(DISTINCT o.origin) FROM origin o
        WHERE (o.facet IS NULL OR o.facet = p.facet) AND o.valid_from < p.ended_at AND p.started_at < o.valid_until) AS origins
FROM page p
ORDER BY p.key;

-- indicators_state --
-- Those that stand now, which say which there are, and those that stood at the moment.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)), count(*) FILTER (WHERE replaced_at < 'infinity')) AS state
FROM api.indicator_value_version
WHERE kind = %(kind)s AND subject = %(subject)s AND (%(facet)s::text IS NULL OR facet = %(facet)s)
  AND (%(indicator)s::text IS NULL OR indicator = %(indicator)s) AND (%(period)s::text IS NULL OR period = %(period)s)
  AND (%(first)s::date IS NULL OR first_day >= %(first)s) AND (%(last)s::date IS NULL OR last_day <= %(last)s)
  AND (api.held_at(computed_at, replaced_at, NULL) OR api.held_at(computed_at, replaced_at, %(at)s));

-- newest_indicators --
-- The newest indicator of each of some indicators of a subject that has a value, for its page.
SELECT DISTINCT ON (array_position(%(indicators)s::text[], indicator)) indicator, facet, period, first_day, last_day, part, value, low, high, basis, valid,
       expected, rule, quality_flags
FROM api.indicator_value
WHERE kind = %(kind)s AND subject = %(subject)s AND facet = %(facet)s AND indicator = ANY (%(indicators)s::text[]) AND value IS NOT NULL AND part = 0
  AND period = ANY (%(periods)s::text[]) AND last_day < %(today)s
ORDER BY array_position(%(indicators)s::text[], indicator), last_day DESC, array_position(%(periods)s::text[], period);
