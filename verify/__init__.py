"""The published numbers computed again by somebody else: nothing of ours is imported here, only /v1 is read."""
