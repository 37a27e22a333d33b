-- hours --
-- Hours of a span that wait to be aggregated, and began to before `stored_at`; all that wait; and those of the span that cannot be computed.
SELECT now(), count(*) FILTER (WHERE hour >= date_trunc('hour', %(first)s::timestamptz, 'UTC') AND hour <= %(last)s::timestamptz
                                     AND marked_at <= coalesce(%(stored_at)s::timestamptz, 'infinity')),
       count(*), (SELECT count(*) FROM doorfiets.failed_hour WHERE hour >= date_trunc('hour', %(first)s::timestamptz, 'UTC') AND hour <= %(last)s::timestamptz)
FROM doorfiets.dirty_hour;
