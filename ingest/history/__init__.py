"""Readers of publishers' files, which become the same frames of observations as live messages."""
