-- directory_state --
-- What differs after every change of the registered devices: read before them, so that no change is missed.
SELECT state::text FROM doorfiets.directory_state;

-- device_directory --
-- All registered devices with their profiles, as text, and the sources of all their datastreams.
SELECT device, profile::text, sources FROM doorfiets.device_directory;
