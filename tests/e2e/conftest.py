"""Nothing that these tests start outlives them."""

from collections.abc import Iterator

import pytest

from tests.e2e.process import end_all


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    end_all()
