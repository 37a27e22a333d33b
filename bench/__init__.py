"""The benchmarks: measurements of this machine with this platform, each beside a comparison of the same run."""
