"""The pages for people: Dutch and English, without need of JavaScript, every number with unit, coverage and origin."""
