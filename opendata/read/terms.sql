-- terms --
-- Under which terms the numbers of a subject may be used in a range; a null bound is none.
SELECT data_source, holder, licence, licence_url, attribution, origins
FROM api.terms(%(kind)s, %(subject)s, %(facet)s, %(direction)s, %(start)s, %(end)s);
