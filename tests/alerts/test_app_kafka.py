"""What is worked around in the Kafka client, without a broker."""

from types import SimpleNamespace

import pytest
from kafka.coordinator.base import BaseCoordinator

from alerts.app_kafka import keep_joining


@pytest.mark.parametrize(
    ("joining", "asked", "wanted"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_join_that_the_client_forgot_is_asked_for_again(joining: bool, asked: bool, wanted: bool) -> None:
    told: list[bool] = []
    coordinator = SimpleNamespace(
        rebalance_in_progress=lambda: joining, need_rejoin=lambda: asked, request_rejoin=lambda: told.append(True)
    )
    keep_joining(SimpleNamespace(_coordinator=coordinator))
    assert bool(told) is wanted


def test_the_client_has_what_is_asked_of_it() -> None:
    for name in ("rebalance_in_progress", "need_rejoin", "request_rejoin"):
        assert callable(getattr(BaseCoordinator, name)), name
