"""Silences and rules over HTTP: what is held back and by whom, and what is measured at all."""

import uuid
from datetime import UTC
from typing import Annotated, Self

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, model_validator

from alerts.api.events import DOORBELL
from alerts.api.operations import Answer, ApiError, Operation, Problem, answer, body, principal, reading
from alerts.api.schemas import ShownRules, Silences
from alerts.api.subscribers import submit
from alerts.engine import routing_views, series_views
from alerts.engine.rules import Rules
from alerts.engine.silences import Silence

Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class NewSilence(BaseModel):
    """Holds back what matches all that is given, until a moment of the engine's clock; at least one must be given."""

    model_config = ConfigDict(extra="forbid")

    rule: Word | None = None
    kind: Word | None = None
    area: Word | None = None
    """An area's key: `SY`, `SY/Idlib`."""
    until: AwareDatetime
    note: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = ""

    @model_validator(mode="after")
    def _matches_something(self) -> Self:
        if self.rule is None and self.kind is None and self.area is None:
            raise ValueError("give a rule, a kind or an area")
        return self


def operations() -> list[Operation]:
    """/v1/silences and /v1/rules."""
    return [
        Operation("GET", "/v1/silences", _list, "Silences in force.", "silences", {200: Answer("All.", Silences)}),
        Operation("POST", "/v1/silences", _create, "Hold back revisions for a while; the board still shows them.",
                  "silences", {201: Answer("It is in force.", Silence), 409: Answer("Refused.", Problem)},
                  scopes=("manage",), body=NewSilence),
        Operation("DELETE", "/v1/silences/{id}", _delete, "End a silence.", "silences",
                  {204: Answer("It is no more.")}, scopes=("manage",)),
        Operation("GET", "/v1/rules", _rules, "The rules in force.", "rules", {200: Answer("All.", ShownRules)}),
    ]  # fmt: skip


async def _list(request: web.Request) -> web.Response:
    rows = await reading(request, routing_views.silences)
    return answer(Silences(silences=[Silence.model_validate(row) for row in rows]))


async def _create(request: web.Request) -> web.Response:
    wanted: NewSilence = body(request)
    key = request.headers.get("idempotency-key")
    name = f"{principal(request).name}:{key}" if key else uuid.uuid4().hex
    silence_id = uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:16]
    until = wanted.until.astimezone(UTC)
    command = {**wanted.model_dump(mode="json"), "until": until.isoformat(), "id": silence_id}
    await submit(request, "silences.put", command)
    request.app[DOORBELL].ring()
    author = f"api:{principal(request).name}"
    made = Silence(**{**wanted.model_dump(), "until": until}, id=silence_id, author=author)
    return answer(made, 201, {"location": f"/v1/silences/{silence_id}"})


async def _delete(request: web.Request) -> web.Response:
    silence_id = request.match_info["id"]
    rows = await reading(request, routing_views.silences)
    if all(row["id"] != silence_id for row in rows):
        raise ApiError(404, "unknown_silence", "there is no silence with this id in force")
    await submit(request, "silences.delete", {"id": silence_id})
    request.app[DOORBELL].ring()
    return web.Response(status=204)


async def _rules(request: web.Request) -> web.Response:
    rules = Rules.model_validate(await reading(request, series_views.rules))
    return answer(ShownRules(hash=rules.hash, **{name: getattr(rules, name) for name in Rules.model_fields}))
