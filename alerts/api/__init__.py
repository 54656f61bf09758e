"""The HTTP interface and the board."""
