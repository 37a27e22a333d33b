"""Recomputation of the indicators of periods (kengetallen) from days and hours, as the domain handbook defines them."""
