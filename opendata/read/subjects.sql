-- subject --
-- Whose a place or a chain of a kind is; no row where there is none of that name.
SELECT m.municipality AS owner
FROM api.municipality m
WHERE EXISTS (
    SELECT FROM api.site WHERE %(kind)s = 'site' AND site = %(subject)s
    UNION ALL SELECT FROM api.station WHERE %(kind)s = 'station' AND station = %(subject)s
    UNION ALL SELECT FROM api.district WHERE %(kind)s = 'district' AND district = %(subject)s
    UNION ALL SELECT FROM api.link WHERE %(kind)s = 'link' AND link = %(subject)s
    UNION ALL SELECT FROM api.route_link WHERE %(kind)s = 'route' AND route = %(subject)s
    UNION ALL SELECT FROM api.connection WHERE %(kind)s = 'connection' AND connection = %(subject)s
    UNION ALL SELECT FROM api.screenline WHERE %(kind)s = 'screenline' AND screenline = %(subject)s);
