"""Fixtures of the tests with a real broker."""

from tests.kafka.brokers import installation

__all__ = ["installation"]
