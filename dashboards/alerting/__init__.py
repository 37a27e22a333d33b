"""Grafana's alert rules as code: built, proven on a database, pushed, and given as files."""
