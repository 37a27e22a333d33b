-- tables --
-- Every table whose rows have a revision that a publisher follows.
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'doorfiets'::regnamespace AND c.relkind = 'r' AND a.attname = 'changed_in' AND c.relname NOT IN ('published', 'registry_write') AND c.relname !~ '_past$';

-- pasts --
-- Every table that keeps what stood in another.
SELECT relname FROM pg_class WHERE relnamespace = 'doorfiets'::regnamespace AND relkind = 'r' AND relname ~ '_past$';

-- columns --
-- The columns of a table.
SELECT attname FROM pg_attribute WHERE attrelid = ('doorfiets.' || %s::text)::regclass AND attnum > 0 AND NOT attisdropped;

-- key --
-- The columns of its primary key, in order.
SELECT a.attname FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY k(attnum, place)
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
WHERE c.conrelid = ('doorfiets.' || %s::text)::regclass AND c.contype = 'p' ORDER BY k.place;

-- triggers --
-- The triggers of a table that are ours.
SELECT tgname FROM pg_trigger WHERE tgrelid = ('doorfiets.' || %s::text)::regclass AND NOT tgisinternal;

-- indexed --
-- The columns by which an index begins.
SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = ('doorfiets.' || %s::text)::regclass;

-- deleters --
-- The roles that may delete its rows.
SELECT r.rolname FROM pg_roles r
WHERE r.rolname IN ('registrar', 'store', 'aggregate', 'api', 'grafana_staff', 'grafana_public', 'backup')
  AND has_table_privilege(r.oid, 'doorfiets.' || %s::text, 'DELETE');

-- writers --
-- The roles that may insert rows.
SELECT r.rolname FROM pg_roles r
WHERE r.rolname IN ('registrar', 'store', 'aggregate', 'api', 'grafana_staff', 'grafana_public', 'backup')
  AND has_table_privilege(r.oid, 'doorfiets.' || %s::text, 'INSERT');

-- seen_by --
-- The views and tables that a view is made of.
SELECT DISTINCT d.refobjid::regclass::text FROM pg_rewrite w JOIN pg_depend d ON d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
WHERE w.ev_class = %s::text::regclass AND d.refobjid <> w.ev_class;

-- change_list --
-- The body of the function that lists changes.
SELECT prosrc FROM pg_proc WHERE proname = 'changes_until';
