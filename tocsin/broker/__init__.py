"""Tools for a broker: topics, stories, dead letters, the journal and the subscribers on it."""
