"""The command: one process, replay, and the tools for a broker."""
