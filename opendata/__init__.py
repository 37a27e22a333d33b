"""The public face: start page, `/v1` and live numbers; reads the `api` views only."""
