"""The outermost ring: starts, configures, provisions and operates all of doorfiets."""
