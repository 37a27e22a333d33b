-- Percent of all feeds that fell silent in the range, where that was at several places; those that were silent before count as none. Null where there is no
-- feed that owes anything: `site_silent` says that.
WITH feed AS (
    SELECT place, status = 'silent' AND since >= $__timeFrom() AS fell, status = 'silent' AND since < $__timeFrom() AS before
    FROM api.feed WHERE status NOT IN ('closed', 'maintenance', 'never_received') AND origin <> 'recorded')
SELECT CASE WHEN count(*) = 0 THEN NULL
            WHEN count(DISTINCT place) FILTER (WHERE fell) < :sites THEN 0
            ELSE 100.0 * count(*) FILTER (WHERE fell) / count(*) FILTER (WHERE NOT before) END::float8 AS value
FROM feed
