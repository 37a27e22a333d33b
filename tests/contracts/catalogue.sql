-- catalogue --
-- Everything that a schema is made of, one row each: what it is, and how it is defined. The order of columns says nothing but in a type; who
-- may do what does.
SELECT 'schema ' || n.nspname, concat_ws(' ', r.rolname, ARRAY(SELECT a::text FROM unnest(n.nspacl) a ORDER BY 1))
FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = ANY (%(schemas)s)
UNION ALL
SELECT 'relation ' || c.oid::regclass, concat_ws(' ', c.relkind, r.rolname, c.reloptions,
           ARRAY(SELECT a::text FROM unnest(c.relacl) a ORDER BY 1), CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END)
FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s) AND c.relkind IN ('r', 'v', 'S')
UNION ALL
SELECT 'column ' || c.oid::regclass || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
           CASE WHEN c.relkind = 'c' THEN a.attnum END,
           pg_get_expr(d.adbin, d.adrelid), ARRAY(SELECT g::text FROM unnest(a.attacl) g ORDER BY 1))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = ANY (%(schemas)s) AND c.relkind IN ('r', 'v', 'c')
UNION ALL
SELECT 'constraint ' || o.conrelid::regclass || '.' || o.conname, pg_get_constraintdef(o.oid)
FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace WHERE n.nspname = ANY (%(schemas)s) AND o.contype <> 't'
UNION ALL
SELECT 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (%(schemas)s)
UNION ALL
SELECT 'trigger ' || t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s) AND NOT t.tgisinternal
UNION ALL
SELECT 'routine ' || p.oid::regprocedure, concat_ws(' ', r.rolname, ARRAY(SELECT a::text FROM unnest(p.proacl) a ORDER BY 1),
           CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
           (SELECT concat_ws(' ', aggtransfn, aggtranstype::regtype, aggcombinefn, aggfinalfn, agginitval) FROM pg_aggregate WHERE aggfnoid = p.oid))
FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY (%(schemas)s)
UNION ALL
SELECT 'right on ' || p.oid::regprocedure, ARRAY(SELECT a::text FROM unnest(p.proacl) a ORDER BY 1)::text
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('pg_catalog', 'public') AND p.proacl IS NOT NULL
UNION ALL
SELECT 'language ' || lanname, lanacl::text FROM pg_language
UNION ALL
SELECT 'rights on the database', ARRAY(SELECT a::text FROM unnest(datacl) a ORDER BY 1)::text FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'hypertable ' || hypertable_name, concat_ws(' ', column_name, time_interval)
FROM timescaledb_information.dimensions WHERE hypertable_schema = ANY (%(schemas)s);
