-- directory_state --
-- What differs after every change of the registered devices: read before them, so that no change is missed.
SELECT state::text FROM doorfiets.directory_state;

-- device_directory --
-- All registered devices with their profiles, as text, the sources of all their datastreams, and the units of those.
SELECT device, profile::text, sources, units FROM doorfiets.device_directory;
