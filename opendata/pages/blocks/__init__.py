"""The indicators of the pages, each asked of the store and judged by itself."""
