-- horizon --
-- Every transaction below is over: what it changed is there to be read, or never will be.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- mark --
-- How far a table was published.
SELECT changed_in::text FROM doorfiets.published WHERE aggregate = %(aggregate)s;

-- move_mark --
-- All that transactions before this one changed is published.
INSERT INTO doorfiets.published (aggregate, changed_in) VALUES (%(aggregate)s, %(until)s::xid8)
ON CONFLICT (aggregate) DO UPDATE SET changed_in = excluded.changed_in;
