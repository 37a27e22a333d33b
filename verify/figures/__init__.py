"""The figures of periods (kengetallen) reckoned again from days and hours, as the domain handbook defines them."""
