-- withdraw_figures --
-- Of what was reckoned again, the figures that are no more: their past stays.
DELETE FROM doorfiets.figure t
USING jsonb_to_recordset(%(scopes)s::jsonb) AS s(kind text, subject text, facet text, indicators text[], years int4[])
WHERE (t.kind, t.subject, t.facet) = (s.kind, s.subject, s.facet) AND t.indicator = ANY (s.indicators)
  AND (t.period = 'opening' OR extract(year FROM t.last_day) = ANY (s.years))
  AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(kind text, subject text, facet text, indicator text, period text, first_day date, part int4)
    WHERE (r.kind, r.subject, r.facet, r.indicator, r.period, r.first_day, r.part)
        = (t.kind, t.subject, t.facet, t.indicator, t.period, t.first_day, t.part));

-- put_figures --
INSERT INTO doorfiets.figure AS t
    (kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, rule)
SELECT kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, rule
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    kind text, subject text, facet text, indicator text, period text, first_day date, last_day date, part int4, value float8, low float8,
    high float8, withheld text, basis jsonb, valid int4, expected int4, rule text)
ON CONFLICT (kind, subject, facet, indicator, period, first_day, part) DO UPDATE SET
    last_day = excluded.last_day, value = excluded.value, low = excluded.low, high = excluded.high, withheld = excluded.withheld,
    basis = excluded.basis, valid = excluded.valid, expected = excluded.expected, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (t.last_day, t.value, t.low, t.high, t.withheld, t.basis, t.valid, t.expected, t.rule) IS DISTINCT FROM
    (excluded.last_day, excluded.value, excluded.low, excluded.high, excluded.withheld, excluded.basis, excluded.valid, excluded.expected,
     excluded.rule);
