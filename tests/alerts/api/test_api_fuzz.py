"""Schemathesis against the whole interface, served by a thread of this process: whatever the document allows is
answered as the document says, and whatever it forbids is refused."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from aiohttp import web
from api_world import MANAGE, SmallBackend, history, settings
from delivery_samples import subscriber
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from alerts.api.app import build
from stream.records import CommandRecord

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
]
EXAMPLES = 15
TOKENS = f"everything:read+manage+intake:{MANAGE}"


class Served:
    """The application on a free port, in a thread; with a subscriber and its deliveries behind it."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        with tempfile.TemporaryDirectory() as folder:
            runner = self._loop.run_until_complete(self._start(Path(folder)))
            self._ready.set()
            self._loop.run_forever()
            self._loop.run_until_complete(runner.cleanup())

    async def _start(self, folder: Path) -> web.AppRunner:
        backend = SmallBackend(folder / "fuzz.db")
        made = subscriber("desk", managed_by="api").model_dump(mode="json")
        at = history()[0].at
        put = CommandRecord(id="1", name="subscribers.put", body={"subscriber": made}, author="test", at=at)
        assert (await backend.submit(put)).ok
        backend.deliver(*history())
        runner = web.AppRunner(build(backend, settings(tokens=TOKENS)), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    running = Served()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def interface(served: Served):
    document = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    document.config.update(base_url=served.url)
    return document


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
def test_the_interface_does_what_its_document_says(interface, mode: GenerationMode, subtests) -> None:
    """Every operation, module by module, but for the events, which never end and are tried elsewhere."""
    tried = 0
    for found in interface.get_all_operations():
        operation = found.ok()
        if operation.path.startswith("/v1/events"):
            continue
        with subtests.test(f"{operation.method.upper()} {operation.path}"):
            fuzz(operation, mode)
        tried += 1
    assert tried >= 25


def fuzz(operation, mode: GenerationMode) -> None:
    @examples(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case) -> None:
        case.call_and_validate(headers={"authorization": f"Bearer {MANAGE}"}, checks=CHECKS, timeout=120)

    try:
        answered()
    except Unsatisfiable:
        assert mode == GenerationMode.NEGATIVE, "an operation without parameters forbids nothing"
