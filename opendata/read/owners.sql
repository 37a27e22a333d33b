-- owners --
-- Whose the places are, who publishes, and in which zone their days lie; the host, whose name stands above the pages, first.
SELECT owner, kind, name, timezone, publisher, contact_email, contact_url, licence, attributions, note, host, applied_state, applied_at
FROM api.owner ORDER BY host DESC, owner;

-- data_sources --
-- Data of others that are passed on.
SELECT data_source, holder, licence, licence_url, attribution FROM api.data_source ORDER BY data_source;
