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

-- flagged_days --
-- The days over of some subjects of which anything was observed that has a quality flag, counted or not; of air, of any layer.
WITH wanted AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(subjects)s::jsonb) AS s(kind text, subject text, facet text, first date, last date, zone text))
SELECT kind, subject, facet, day, bit_or(quality_flags)
FROM (
    SELECT w.kind, w.subject, w.facet, t.day, t.quality_flags, t.ended_at
    FROM wanted w JOIN doorfiets.site_day t ON t.site = w.subject AND t.mode = w.facet AND t.day >= w.first AND t.day <= w.last
    WHERE w.kind = 'site' AND t.quality_flags <> 0
    UNION ALL
    SELECT w.kind, w.subject, w.facet, t.day, t.quality_flags, t.ended_at
    FROM wanted w JOIN doorfiets.link_day t ON t.link = w.subject AND t.day >= w.first AND t.day <= w.last
    WHERE w.kind = 'link' AND t.quality_flags <> 0
    UNION ALL
    SELECT w.kind, w.subject, w.facet, t.day, t.quality_flags, t.ended_at
    FROM wanted w JOIN doorfiets.route_day t ON t.route = w.subject AND t.day >= w.first AND t.day <= w.last
    WHERE w.kind = 'route' AND t.quality_flags <> 0
    UNION ALL
    SELECT w.kind, w.subject, w.facet, t.day, t.quality_flags, t.ended_at
    FROM wanted w JOIN doorfiets.connection_link c ON c.connection = w.subject
    JOIN doorfiets.link_day t ON t.link = c.link AND t.day >= w.first AND t.day <= w.last
    WHERE w.kind = 'connection' AND t.quality_flags <> 0
    UNION ALL
    SELECT w.kind, w.subject, w.facet, t.day, t.quality_flags, t.ended_at
    FROM wanted w JOIN doorfiets.screenline_channel x ON x.screenline = w.subject
    JOIN doorfiets.channel c ON c.channel = x.channel AND c.mode = w.facet
    JOIN doorfiets.datastream d ON d.channel = c.channel
    JOIN doorfiets.datastream_day t ON t.datastream = d.datastream AND t.day >= w.first AND t.day <= w.last
    WHERE w.kind = 'screenline' AND t.quality_flags <> 0
    UNION ALL
    SELECT w.kind, w.subject, w.facet, t.day, t.quality_flags, t.ended_at
    FROM wanted w JOIN doorfiets.site s ON s.owner = w.subject
    JOIN doorfiets.site_day t ON t.site = s.site AND t.mode = w.facet AND t.day >= w.first AND t.day <= w.last
    WHERE w.kind = 'owner' AND t.quality_flags <> 0
    UNION ALL
    SELECT w.kind, w.subject, w.facet, (t.hour AT TIME ZONE w.zone)::date, t.quality_flags, t.hour + interval '1 hour'
    FROM wanted w JOIN doorfiets.station s ON s.station = w.subject AND w.kind = 'station' OR s.district = w.subject AND w.kind = 'district'
    JOIN doorfiets.air_hour t ON t.station = s.station AND t.quantity = w.facet
        AND t.hour >= w.first::timestamp AT TIME ZONE w.zone AND t.hour < (w.last + 1)::timestamp AT TIME ZONE w.zone
    WHERE t.quality_flags <> 0) flagged
WHERE ended_at <= now()
GROUP BY kind, subject, facet, day;

-- indicator_value --
-- The indicators of what was computed.
SELECT kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld, basis, valid, expected, quality_flags,
       rule
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    kind text, subject text, facet text, indicator text, period text, first_day date, last_day date, started_at timestamptz, ended_at timestamptz,
    part int4, value float8, low float8, high float8, withheld jsonb, basis jsonb, valid int4, expected int4, quality_flags int4,
    rule text);
