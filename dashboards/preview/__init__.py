"""Dashboards drawn without a Grafana: the same JSON and the same queries, as one SVG sheet each."""
