"""The intake over HTTP: what kits and gateways push is in the log before they are answered."""
