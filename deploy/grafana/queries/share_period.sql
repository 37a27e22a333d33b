-- Pooled over the period: sums first, then the division. Days that nobody measured count against the coverage.
WITH period AS (SELECT count(*) AS days FROM api.local_days($__timeFrom(), $__timeTo())),
summed AS (
    SELECT d.screenline, sum(d.numerator) AS numerator, sum(d.denominator) AS denominator, sum(d.paired) AS paired,
           (avg(d.expected) * min(p.days))::int4 AS expected, count(d.share) AS days_with_share, min(p.days) AS days
    FROM period p CROSS JOIN api.share_day d
    WHERE $__timeFilter(d.started_at) AND d.variant = 'motor' AND d.screenline IN (${screenline:sqlstring})
    GROUP BY d.screenline),
judged AS (
    SELECT s.screenline, s.numerator, s.denominator, s.paired, s.expected, s.days_with_share, s.days,
           api.enough(s.paired::int4, s.expected) AS enough
    FROM summed s)
SELECT l.name AS "tellijn",
       CASE WHEN j.enough THEN (j.numerator / nullif(j.denominator, 0))::float8 END AS "fietsaandeel",
       CASE WHEN j.enough THEN api.wilson_low(j.numerator::float8, nullif(j.denominator, 0)::float8) END AS "ondergrens",
       CASE WHEN j.enough THEN api.wilson_high(j.numerator::float8, nullif(j.denominator, 0)::float8) END AS "bovengrens",
       j.numerator::float8 AS "fietsers",
       j.denominator::float8 AS "alle voertuigen",
       api.coverage(j.paired::int4, j.expected) AS "dekking",
       j.days_with_share AS "dagen met aandeel",
       j.days AS "dagen in periode",
       CASE WHEN NOT j.enough THEN 'dekking onder 75 %' WHEN l.illustrative THEN 'voorbeeldtellijn' ELSE '' END AS "opmerking"
FROM judged j JOIN api.screenline l USING (screenline)
ORDER BY l.name
