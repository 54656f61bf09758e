"""The one thread in which a worker's Kafka consumers live: they are not for two."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from alerts import app_kafka
from config.settings import Settings

T = TypeVar("T")


class KafkaThread:
    """Runs jobs one after the other, for an event loop that waits for them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="kafka")

    async def run(self, job: Callable[[], T]) -> T:
        """What the job gives. Raises Fault for what the client raises in it."""

        def guarded() -> T:
            with app_kafka.faults(self._settings):
                return job()

        return await asyncio.get_running_loop().run_in_executor(self._executor, guarded)

    def close(self) -> None:
        """Wait for the job that runs, and end."""
        self._executor.shutdown()
