"""Alerts: rules in a file, what they find, and the messages about it that reach somebody."""
