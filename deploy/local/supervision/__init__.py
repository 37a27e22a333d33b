"""Supervisord with two extensions: logs that survive a full disk, and records of restarts."""
