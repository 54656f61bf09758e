"""The one-process service with all that belongs to it: sender and HTTP interface, the files in force."""

from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from alerts.api import app as api
from config.settings import Settings
from stream.lexicon import lexicon
from stream.places.gazetteer import gazetteer
from tocsin import collector
from tocsin.failures import WRONG_USAGE, CommandError
from tocsin.listening import listen
from tocsin.operator_commands import read_subscribers
from tocsin.replay_command import read_rules
from tocsin.sending import Sending
from tocsin.service import Service
from tocsin.writer import Written


class Running:
    """A started service, its sender and its HTTP interface at `url`, for as long as the context lasts."""

    def __init__(self, settings: Settings, on_written: Callable[[Written], None] = lambda written: None) -> None:
        self._settings = settings
        self.url = ""
        self.sending = Sending(settings)
        self.service = Service(
            settings,
            clock="story" if settings.clock == "story" else "wall",
            on_written=self._heard,
        )
        self._told = on_written

    def _heard(self, written: Written) -> None:
        self.sending.heard(written)
        self._told(written)

    async def __aenter__(self) -> Self:
        settings, service = self._settings, self.service
        lexicon()  # a faulty one is said before anything starts
        gazetteer()
        collector.tune()
        rules = read_rules(settings.rules)
        told: tuple[list[dict[str, object]], str] | None = None
        if settings.subscribers.is_file():
            told = read_subscribers(settings.subscribers, settings)
        try:
            application = api.build(service, settings, before_metrics=self.sending.measure)
        except ValueError as fault:
            raise CommandError(str(fault), WRONG_USAGE) from None
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        self.url = await listen(self._runner, settings)
        try:
            await service.start()
            await service.apply_file("rules", settings.rules, "rules.apply", rules)
            if told is not None:
                await service.apply_file(
                    "subscribers", settings.subscribers, "subscribers.apply", {"subscribers": told[0]}, told[1]
                )
            await self.sending.start(service)
        except BaseException:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.sending.stop()
        await self._runner.cleanup()
        await self.service.stop()
