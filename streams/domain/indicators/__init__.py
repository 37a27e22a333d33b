"""Indicators of periods, computed from stored days."""
