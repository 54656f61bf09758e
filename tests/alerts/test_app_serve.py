"""What `tocsin worker serve` answers, without a broker."""

from types import SimpleNamespace
from typing import Any

import pytest

from alerts.app_serve import ServeBackend


@pytest.mark.parametrize(
    ("looks", "on_its_way", "wanted"),
    [
        ([{"state": "read"}], False, {"state": "read"}),
        ([None], True, {"receipt": "0-0-7", "state": "accepted"}),
        ([None, {"state": "read"}], False, {"state": "read"}),
        ([None, None], False, None),
    ],
    ids=["read", "on its way", "read between the two looks", "unknown"],
)
def test_an_accepted_story_is_never_unknown(looks: list[Any], on_its_way: bool, wanted: Any) -> None:
    left = iter(looks)
    backend = SimpleNamespace(_read_story=lambda _: next(left), _is_on_its_way=lambda _: on_its_way)
    assert ServeBackend.story_state(backend, "0-0-7") == wanted
    assert list(left) == []
