-- subject --
-- Whose a place or a chain of a kind is; no row where there is none of that name, or where it waits for places of others.
SELECT owner FROM api.subject_owner s
WHERE kind = %(kind)s AND subject = %(subject)s
  AND (kind <> 'route' OR EXISTS (SELECT FROM api.route r WHERE r.route = s.subject))
  AND (kind <> 'screenline' OR EXISTS (SELECT FROM api.screenline l WHERE l.screenline = s.subject));
