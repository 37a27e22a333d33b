"""An independent recomputation of the published numbers: it imports nothing of the platform, and reads /v1 only."""
