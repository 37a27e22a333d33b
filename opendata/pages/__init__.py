"""The pages for people: Dutch, readable without JavaScript, every number with its unit, coverage and origin."""
