-- end_overlong_readers --
-- A reader can lift its own time limits; these it cannot.
SELECT role, pid, since FROM doorfiets.end_overlong_readers() WHERE ended;
