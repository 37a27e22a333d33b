-- What is remembered of a published row that is revised or goes.
SET ROLE owner;

-- Keeps what stood, if it still stood when its bucket was over. The one argument says, of the row that was, when that is.
CREATE FUNCTION doorfiets.remember_past() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO doorfiets.%I SELECT o.*, now() FROM replaced o WHERE now() >= %s', TG_TABLE_NAME || '_past', TG_ARGV[0]);
    RETURN NULL;
END $$;

RESET ROLE;
