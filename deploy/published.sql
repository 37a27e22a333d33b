-- tables --
-- The file of the schema that makes the tables. This first line of a pattern is not copied.
-- Published tables: aggregates of whole buckets, recomputed, never incremented. Made from `schemas/published.py`.
-- Every row carries its coverage, its revision and the version of its rule. `valid` (or `paired`) of `expected` intervals were measured; `rows`
-- counts the observations. `changed_in` is the writing transaction: rows below the oldest running transaction are complete, so a publisher can
-- follow them without missing one.
-- `{{table}}_past` holds what stood in a row before it was revised or went, if it still stood when the bucket was over: before, every reading moves it.
-- A published number of a moment is the row whose [computed_at, replaced_at) holds that moment.
SET ROLE owner;

{tables}

RESET ROLE;

-- table --
-- One table with the index of its changes; what its declaration says of it stands above it.
{says}
CREATE TABLE doorfiets.{name} (
{columns}
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY ({key})
);
CREATE INDEX {name}_changed ON doorfiets.{name} (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.{name} TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.{name} FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();

-- withdrawn --
-- The right of a role that may take rows back.
GRANT SELECT, DELETE ON doorfiets.{name} TO {role};

-- past --
-- The table of what stood in another, with its indexes and the triggers that fill it.
CREATE INDEX {name}_computed ON doorfiets.{name} (computed_at);
CREATE TABLE doorfiets.{name}_past (LIKE doorfiets.{name}, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.{name}_past ({key});
CREATE INDEX ON doorfiets.{name}_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.{name} REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('{over}');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.{name} REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('{over}');

-- views --
-- The file of the schema with what is seen of all tables together.
-- What is seen of all published tables together. Made from `schemas/published.py`.
-- Versions: what stands now (replaced at infinity) and what stood before. A row holds for [computed_at, replaced_at).
SET ROLE owner;

{versions}

-- Everything that is or was published, as one list. The aggregator writes one transaction after the other and names all rows of one by the moment it
-- began, so whoever has read the changes up to a moment has missed nothing before it; what a row replaced has its moment as `replaced_at`.
CREATE VIEW api.published WITH (security_barrier) AS
{listed};

-- Up to which moment the changes from a moment on are read for a page of so many: after that moment itself there are as many, or no more. Every
-- table is read in the order of its index, so that a page costs what is on it, and what changed in the same transactions.
CREATE FUNCTION api.changes_until(after timestamptz, up_to timestamptz, wanted_kind text, wanted_indicator text, most int4) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT max(computed_at) FROM (
{changes}
        ORDER BY computed_at LIMIT most) first
$$;

-- Which published numbers changed that a snapshot did not see, by place and time: an hour or day of a site, of a station, or of what is made of
-- several sites, with the transaction that wrote it. Of more than `most` changes one comes without a name: whatever it was. What stood when the
-- snapshot was made and goes, goes with a change of the registry.
CREATE FUNCTION api.changed_since(seen pg_snapshot, most int4)
RETURNS TABLE (kind text, name text, changed_in xid8, started_at timestamptz, ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH bound AS (SELECT pg_snapshot_xmin(seen) AS oldest),
    moved (kind, name, changed_in, started_at, ended_at) AS (
{moved}),
    unseen AS (
        SELECT m.kind, m.name, m.changed_in, min(m.started_at) AS started_at, max(m.ended_at) AS ended_at
        FROM moved m WHERE NOT pg_visible_in_snapshot(m.changed_in, seen) GROUP BY m.kind, m.name, m.changed_in)
    SELECT * FROM unseen WHERE (SELECT count(*) FROM moved) < most
    UNION ALL
    SELECT NULL, NULL, pg_snapshot_xmax(pg_current_snapshot()), '-infinity', 'infinity' WHERE (SELECT count(*) FROM moved) >= most;
END $$;

-- The newest change that readers can see.
CREATE VIEW api.newest_change WITH (security_barrier) AS
SELECT max(computed_at) AS computed_at FROM (
{computed}) newest;

-- The newest transaction that wrote a published row.
CREATE VIEW doorfiets.newest_write AS
SELECT max(changed_in) AS changed_in FROM (
{changed}) newest;

RESET ROLE;

-- version --
-- What stands in a table and what stood there, as one view.
CREATE VIEW api.{view}_version WITH (security_barrier) AS
SELECT
{columns},
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.{name}
UNION ALL
SELECT
{columns},
    replaced_at
FROM doorfiets.{name}_past;

-- listed --
-- The rows of one table in the list of all that is and was published.
SELECT
{fields},
    revision, rule, computed_at, replaced_at
FROM api.{view}_version

-- change --
-- The moments at which one table changed, at most as many as are wanted.
        (SELECT computed_at FROM {name}
         WHERE coalesce(wanted_kind, {kind}) = {kind} AND coalesce(wanted_indicator, {indicator}) = {indicator}
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)

-- moved --
-- Of what the numbers of one table are that changed since a transaction.
        (SELECT {kind}, {place}, t.changed_in,
                {started_at}, {ended_at}
         FROM (SELECT * FROM {name} WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t{joined})

-- newest --
-- The newest moment or transaction of one table.
    SELECT max({column}) AS {column} FROM doorfiets.{name}

-- statements --
-- The head of the statements that write the tables.
-- The statements that write published tables, and those that follow them. Made by `doorfiets generate` from `schemas/published.py` and from the
-- arithmetic beside this file: `write_*` stores rows and revises those that differ; `compare_*` does so where most stand already, and locks none
-- that is right; `insert_*` is for where none stand; `changed_*` gives the rows that transactions of a range have written, each with its key in the
-- topic; OFFSET 0 lets a row be turned into JSON once.

-- changed --
-- The rows that transactions of a range have written, as they go to the topic.
SELECT '{name}/' || array_to_string(ARRAY[
{key}], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.{name} t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in

-- insert --
-- Rows as the arithmetic gives them.
INSERT INTO doorfiets.{name} AS t (
{columns})
SELECT
{found}
FROM (
{arithmetic}) n

-- unknown --
-- Of these rows those that do not stand already with the same content.
WHERE NOT EXISTS (
    SELECT FROM doorfiets.{name} o WHERE {same_key}
    AND (
{existing}) IS NOT DISTINCT FROM (
{found}))

-- revise --
-- A row that stands with other content gets the next revision.
ON CONFLICT ({key}) DO UPDATE SET
{assigned},
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
{existing}) IS DISTINCT FROM (
{excluded})
