"""The OpenAPI 3.1 document, made from the operations and the models they take and give."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from alerts.api.operations import Answer, Operation, Problem

_TEMPLATE = re.compile(r"{(\w+)}")
_REFERENCE = "#/components/schemas/{model}"
COMMON: dict[int, str] = {
    400: "The body or the query is not what it should be.",
    401: "No token, or one that is not known.",
    403: "The token lacks the scope.",
    404: "There is none.",
    413: "The body is too large.",
    415: "The body's media type is not one that is taken.",
    429: "Too many requests.",
}


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The document; equal operations give an equal one."""
    listed = list(operations)
    bodies = {model for operation in listed for model in (operation.body,) if model}
    answers = {given.model for operation in listed for given in operation.answers.values() if given.model} | {Problem}
    wanted = [(model, "validation") for model in bodies] + [(model, "serialization") for model in answers]
    wanted.sort(key=lambda pair: (pair[0].__name__, pair[1]))
    references, definitions = models_json_schema(wanted, ref_template=_REFERENCE)  # type: ignore[arg-type]
    paths: dict[str, Any] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tocsin", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, references: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": _operation_id(operation),
        "tags": [operation.tag],
        "parameters": _path_parameters(operation) + _query_parameters(operation.query),
        "responses": {str(status): _answer(given, references) for status, given in sorted(operation.answers.items())},
        "security": [{"token": []}] if operation.scopes else [],
    }
    if operation.body is not None:
        schema = references[(operation.body, "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif operation.media:
        content: dict[str, Any] = {media: {} for media in operation.media}
        described["requestBody"] = {"required": True, "content": content}
    for status in _common_statuses(operation):
        described["responses"].setdefault(str(status), _problem(COMMON[status], references))
    return described


def _common_statuses(operation: Operation) -> list[int]:
    statuses = []
    if operation.body is not None or operation.query is not None:
        statuses.append(400)
    if operation.scopes:
        statuses += [401, 403]
    if "{" in operation.path:
        statuses.append(404)
    if operation.body is not None or operation.media:
        statuses += [413, 415]
    if operation.scopes and operation.limited:
        statuses.append(429)
    return statuses


def _answer(given: Answer, references: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": given.description}
    if given.model is not None and issubclass(given.model, Problem):
        return _problem(given.description, references)
    if given.model is not None:
        media = given.media or "application/json"
        described["content"] = {media: {"schema": references[(given.model, "serialization")]}}
    elif given.media is not None:
        described["content"] = {given.media: {"schema": {}}}
    if given.headers:
        described["headers"] = {
            name: {"description": words, "schema": {"type": "string"}} for name, words in given.headers.items()
        }
    return described


def _problem(description: str, references: dict[Any, Any]) -> dict[str, Any]:
    schema = references[(Problem, "serialization")]
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    numbers = ("sequence", "revision")
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1} if name in numbers else {"type": "string"},
        }
        for name in _TEMPLATE.findall(operation.path)
    ]


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(value)}
        for name, value in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter that is absent is not null."""
    shown = {key: value for key, value in schema.items() if key not in ("title", "default", "anyOf")}
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    if len(kinds) == 1:
        shown |= kinds[0]
    elif kinds:
        shown["anyOf"] = kinds
    if schema.get("default") is not None:
        shown["default"] = schema["default"]
    return shown


def _operation_id(operation: Operation) -> str:
    words = re.findall(r"[a-z0-9.]+", operation.path.lower().replace("/v1", ""))
    return "_".join([operation.method.lower(), *words]).replace(".", "_")
