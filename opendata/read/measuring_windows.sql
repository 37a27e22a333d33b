-- measuring_windows --
-- When what counts for a subject in a range can measure, where it does not always; a null bound is none.
SELECT api.measuring_windows(%(kind)s, %(subject)s, %(facet)s, %(direction)s, %(start)s, %(end)s) AS windows;
