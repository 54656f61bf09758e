"""The deterministic state machine from journal records to alert revisions."""
