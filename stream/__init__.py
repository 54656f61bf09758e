"""Wire stories in, journal records out."""
