-- withdraw_indicator_values --
-- Of what was computed again, the indicators that are no more: their past stays.
DELETE FROM doorfiets.indicator_value t
USING jsonb_to_recordset(%(scopes)s::jsonb) AS s(kind text, subject text, facet text, indicators text[], years int4[])
WHERE (t.kind, t.subject, t.facet) = (s.kind, s.subject, s.facet) AND t.indicator = ANY (s.indicators)
  AND (t.period = 'opening' OR extract(year FROM t.last_day) = ANY (s.years))
  AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(kind text, subject text, facet text, indicator text, period text, first_day date, part int4)
    WHERE (r.kind, r.subject, r.facet, r.indicator, r.period, r.first_day, r.part)
        = (t.kind, t.subject, t.facet, t.indicator, t.period, t.first_day, t.part));

-- indicator_value --
-- The indicators of what was computed.
SELECT kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld, basis, valid, expected, rule
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    kind text, subject text, facet text, indicator text, period text, first_day date, last_day date, started_at timestamptz, ended_at timestamptz,
    part int4, value float8, low float8, high float8, withheld jsonb, basis jsonb, valid int4, expected int4, rule text);
