"""One entry point for every accepted wire format."""
