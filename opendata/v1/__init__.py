"""The native API: Dutch names, JSON, CSV and GeoJSON, by the Dutch API Design Rules."""
