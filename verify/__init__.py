"""The published numbers reckoned again by somebody else: nothing of ours is imported here, only /v1 is read."""
