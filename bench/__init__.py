"""The bench: what this machine does with this platform, each figure beside another one of the same run."""
