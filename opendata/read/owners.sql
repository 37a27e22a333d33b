-- owners --
-- Whose the places are, who publishes, and in which zone their days lie; the host, whose name stands above the pages, first.
SELECT m.municipality AS owner, 'municipality' AS kind, m.name, m.timezone, m.publisher, m.contact_email, m.contact_url, m.licence, m.attributions, m.note,
       true AS host
FROM api.municipality m;

-- data_sources --
-- Data of others that are passed on.
SELECT data_source, holder, licence, licence_url, attribution FROM api.data_source ORDER BY data_source;
