-- hours --
-- The time, and the numbers of hours: of a range, waiting and marked by `stored_at`; all that wait; and those of the range that cannot be computed.
SELECT now(), count(*) FILTER (WHERE hour >= date_trunc('hour', %(first)s::timestamptz, 'UTC') AND hour <= %(last)s::timestamptz
                                     AND marked_at <= coalesce(%(stored_at)s::timestamptz, 'infinity')),
       count(*), (SELECT count(*) FROM doorfiets.failed_hour WHERE hour >= date_trunc('hour', %(first)s::timestamptz, 'UTC') AND hour <= %(last)s::timestamptz)
FROM doorfiets.dirty_hour;
