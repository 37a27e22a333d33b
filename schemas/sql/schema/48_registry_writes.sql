-- How often the registry was written, and how that is noted: what remembers anything of it compares that (record 36).
SET ROLE owner;

-- The transactions that wrote the registry. A row each, and never the same row twice: of two owners who apply at the same moment nobody waits here.
CREATE TABLE doorfiets.registry_write (
    changed_in xid8 PRIMARY KEY,
    written_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION doorfiets.note_registry_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
BEGIN
    INSERT INTO registry_write (changed_in) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- How often the registry was written: another number after every change of it.
CREATE FUNCTION api.registry_writes() RETURNS int8
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp RETURN (SELECT count(*) FROM doorfiets.registry_write);

RESET ROLE;
