-- receipt_marks --
-- What is known of runs, each held until the transaction ends: who stores the rejections of the same sender waits.
SELECT run, sensor, ranges, digest_numbers, digests, refused, reasons FROM doorfiets.receipt_mark
WHERE run = ANY (%(runs)s::int8[]) ORDER BY run FOR UPDATE;

-- open_receipt_marks --
-- Runs of which nothing is known yet, so that there is a row to hold.
INSERT INTO doorfiets.receipt_mark (run, sensor, ranges, digest_numbers, digests, refused, reasons)
SELECT run, sensor, '{}', '{}', '{}', '{}', '{}' FROM unnest(%(runs)s::int8[], %(sensors)s::text[]) AS n(run, sensor) ORDER BY run
ON CONFLICT (run) DO NOTHING;

-- write_receipt_mark --
-- One run after a batch.
UPDATE doorfiets.receipt_mark SET
    ranges = %(ranges)s::int8[], digest_numbers = %(digest_numbers)s::int8[], digests = %(digests)s::int8[],
    refused = %(refused)s::int8[], reasons = %(reasons)s::text[], changed_at = now()
WHERE run = %(run)s::int8;
