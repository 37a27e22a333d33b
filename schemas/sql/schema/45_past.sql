-- What is remembered of a published row that is revised or goes.
SET ROLE owner;

-- The local midnight after a day.
CREATE FUNCTION doorfiets.day_over(day date) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = doorfiets, pg_temp
RETURN (day + 1)::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality);

-- Keeps what stood, if it still stood when its bucket was over. The one argument says, of the row that was, when that is.
CREATE FUNCTION doorfiets.remember_past() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO doorfiets.%I SELECT o.*, now() FROM replaced o WHERE now() >= %s', TG_TABLE_NAME || '_past', TG_ARGV[0]);
    RETURN NULL;
END $$;

RESET ROLE;
