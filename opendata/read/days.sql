-- day_expectations --
-- When which channels of one mode are expected at sites, and when equipment of which origin was there. Rests on the registry alone.
SELECT s.site,
       (SELECT jsonb_agg(jsonb_build_object('valid_from', e.valid_from, 'valid_until', e.valid_until, 'counted', coalesce(e.seconds, 0) > 0, 'channels', (
            SELECT jsonb_agg(jsonb_build_object('channel', c.channel, 'mode', c.mode, 'direction', c.direction) ORDER BY c.mode, c.direction)
            FROM (SELECT DISTINCT channel, mode, direction FROM api.channel WHERE channel = ANY (e.channels)) c)) ORDER BY e.valid_from)
        FROM api.expectation e WHERE e.kind = 'site' AND e.place = s.site AND e.facet = %(mode)s AND e.direction = '') AS expected,
       (SELECT jsonb_agg(jsonb_build_object('valid_from', c.valid_from, 'valid_until', c.valid_until, 'origin', c.origin))
        FROM api.channel c WHERE c.site = s.site AND c.mode = %(mode)s AND c.datastream IS NOT NULL) AS origins
FROM unnest(%(sites)s::text[]) AS s(site);

-- stored_days --
-- The days of sites that were added up.
SELECT site, day, started_at, ended_at, value, paired, expected, quality_flags, revision, computed_at
FROM api.stored_days(%(sites)s::text[], %(mode)s, %(first_day)s, %(until_day)s);

-- channel_days --
-- Which channels of sites were whole on a day, and of which all was received; for days that are not whole.
SELECT site, day, whole, received FROM api.channel_days(%(sites)s::text[], %(mode)s, %(first_day)s, %(until_day)s);
