"""Dashboards as code: built, checked against a database, and pushed to a Grafana."""
