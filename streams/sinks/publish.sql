-- horizon --
-- Every transaction below is over: what it changed is there to be read, or never will be.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- mark --
SELECT changed_in::text FROM doorfiets.published WHERE tally = %(tally)s;

-- move_mark --
INSERT INTO doorfiets.published (tally, changed_in) VALUES (%(tally)s, %(until)s::xid8)
ON CONFLICT (tally) DO UPDATE SET changed_in = excluded.changed_in;
