"""What adds up: hours, days, shares and air, claimed by mark or by range, gathered and written in one transaction."""
