"""Deliveries: from an alert revision to a signed webhook, durably."""
