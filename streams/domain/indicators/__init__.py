"""Indicators of periods: which indicators a place has, worked out from its stored days."""
