"""The outermost package: starts, configures, provisions and operates all of doorfiets."""
