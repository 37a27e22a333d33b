-- alerts --
-- The alerts that fire or are about to, the most urgent first, with what became of the newest message about each.
SELECT a.alert, a.rule, a.subject, a.name, a.owner, a.severity, a.state, a.since, a.fired_at, a.last_sent_at, a.content,
       m.receivers AS sent_to, m.waiting, m.problem
FROM doorfiets.alert a
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT receiver, ', ' ORDER BY receiver) FILTER (WHERE sent_at IS NOT NULL) AS receivers,
           string_agg(DISTINCT receiver, ', ' ORDER BY receiver) FILTER (WHERE sent_at IS NULL) AS waiting,
           max(problem) FILTER (WHERE sent_at IS NULL) AS problem
    FROM doorfiets.alert_message WHERE a.alert = ANY (alerts) AND made_at >= a.seen_at) m ON true
WHERE a.state <> 'ended'
ORDER BY a.severity = 'critical' DESC, a.state, a.since, a.alert;

-- history --
-- Alerts that were said, the newest first: also those that have ended.
SELECT alert, rule, subject, name, owner, severity, state, since, fired_at, ended_at, ended, content
FROM doorfiets.alert
WHERE fired_at IS NOT NULL AND (%(subject)s::text IS NULL OR subject = %(subject)s)
ORDER BY fired_at DESC, alert DESC LIMIT %(most)s;
