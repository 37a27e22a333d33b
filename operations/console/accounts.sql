-- accounts --
-- Who may log in, or could, by name.
SELECT account, role, created_at, changed_at, disabled_at FROM doorfiets.account ORDER BY account;

-- account --
-- One account that is not disabled, with the hash of its password.
SELECT account, role, digest FROM doorfiets.account WHERE account = %(account)s AND disabled_at IS NULL;

-- add_account --
-- A new account; none where one is called so.
INSERT INTO doorfiets.account (account, role, digest) VALUES (%(account)s, %(role)s, %(digest)s) ON CONFLICT DO NOTHING RETURNING account;

-- change_password --
-- Another password; who was disabled can log in again.
UPDATE doorfiets.account SET digest = %(digest)s, changed_at = now(), disabled_at = NULL WHERE account = %(account)s RETURNING account;

-- disable_account --
-- Lets nobody in by this name any more.
UPDATE doorfiets.account SET disabled_at = coalesce(disabled_at, now()) WHERE account = %(account)s RETURNING account;

-- end_sessions --
-- Logs an account out everywhere.
DELETE FROM doorfiets.console_session WHERE account = %(account)s;

-- start_session --
-- Who has logged in, by the digest of a token.
INSERT INTO doorfiets.console_session (digest, account) VALUES (%(digest)s, %(account)s);

-- session --
-- Who a token is of: what was not used for half an hour, or began twelve hours ago, is of nobody.
SELECT a.account, a.role FROM doorfiets.console_session s JOIN doorfiets.account a USING (account)
WHERE s.digest = %(digest)s AND a.disabled_at IS NULL AND s.used_at > now() - interval '30 minutes' AND s.started_at > now() - interval '12 hours';

-- use_session --
-- A session was used; noted once a minute, not with each page.
UPDATE doorfiets.console_session SET used_at = now() WHERE digest = %(digest)s AND used_at < now() - interval '1 minute';

-- end_session --
-- Somebody logs out.
DELETE FROM doorfiets.console_session WHERE digest = %(digest)s;

-- forget_sessions --
-- Deletes sessions that have ended.
DELETE FROM doorfiets.console_session WHERE used_at <= now() - interval '30 minutes' OR started_at <= now() - interval '12 hours';

-- put_audit --
-- What somebody did, or tried.
INSERT INTO doorfiets.audit (account, act, subject, before, after, result, detail)
VALUES (%(account)s, %(act)s, %(subject)s, %(before)s, %(after)s, %(result)s, %(detail)s);

-- audits --
-- What people did, the newest first: of all, or of one account or about one subject.
SELECT audit, at, account, act, subject, before, after, result, detail FROM doorfiets.audit
WHERE (%(account)s::text IS NULL OR account = %(account)s) AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(before)s::int8 IS NULL OR audit < %(before)s)
ORDER BY audit DESC LIMIT %(most)s;
