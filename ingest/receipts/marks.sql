-- recent_marks --
-- What senders were told in the last hours, or should have been: a receipt may have been lost with a process or a broker.
SELECT run, sensor, ranges, refused, reasons FROM doorfiets.receipt_mark
WHERE changed_at > now() - %(hours)s * interval '1 hour' ORDER BY changed_at;
