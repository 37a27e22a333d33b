"""The supervisor as we start it: supervisord, with logs that survive a full disk and a memory of restarts."""
