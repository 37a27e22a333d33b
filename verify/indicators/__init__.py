"""The indicators of periods (kengetallen) computed again from days and hours, as the domain handbook defines them."""
