"""Journal records in, webhooks out."""
