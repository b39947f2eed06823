"""OpenAPI 3.1 from the registered endpoints: the same Structs that check the bodies."""

import re
from typing import Any

import msgspec

from baodao import __version__
from baodao.kernel.http import Endpoint, endpoints

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_REF = "#/components/schemas/{name}"


class FaultBody(msgspec.Struct):
    """One thing that is wrong."""

    field: str
    reason: str
    remedy: str = ""
    label: str = ""
    href: str = ""


class ProblemBody(msgspec.Struct):
    """application/problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[FaultBody] = []


def document(prefix: str) -> dict[str, Any]:
    """The whole description as builtins."""
    used = endpoints()
    types = [kind for e in used for kind in (e.body, e.query, e.result) if kind is not None]
    schemas, components = msgspec.json.schema_components([*types, ProblemBody], ref_template=_REF)
    by_type = dict(zip([id(kind) for kind in types], schemas, strict=False))
    paths: dict[str, Any] = {}
    for endpoint in used:
        path = prefix + _PARAMETER.sub(lambda m: "{" + m.group(2) + "}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, by_type, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "报到 Baodao",  # data
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, by_type: dict[int, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.name}.{endpoint.method.lower()}",
        "summary": str(endpoint.summary),
        "parameters": _parameters(endpoint, by_type, components),
        "responses": {str(endpoint.status): _answer(endpoint, by_type), **_problems(endpoint)},
        "security": [{}, {"token": []}] if endpoint.public else [{"token": []}],
    }
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_type[id(endpoint.body)]}},
        }
    if endpoint.raw:
        file = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": file}}
    return operation


def _parameters(
    endpoint: Endpoint, by_type: dict[int, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for kind, name in _PARAMETER.findall(endpoint.path):
        schema = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "minLength": 1}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if endpoint.query is not None:
        name = by_type[id(endpoint.query)]["$ref"].rsplit("/", 1)[1]
        shape = components[name]
        for field, schema in shape["properties"].items():
            found.append(
                {
                    "name": field,
                    "in": "query",
                    "required": field in shape.get("required", ()),
                    "schema": schema,
                }
            )
    if endpoint.method != "GET":
        key = {"type": "string", "minLength": 8, "maxLength": 120, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
    return found


def _answer(endpoint: Endpoint, by_type: dict[int, Any]) -> dict[str, Any]:
    schema = by_type.get(id(endpoint.result), {})
    return {"description": str(endpoint.summary), "content": {"application/json": {"schema": schema}}}


def _problems(endpoint: Endpoint) -> dict[str, Any]:
    usual = {400, 401, 403, 404, 422, 429, 503} | ({409, 413} if endpoint.method != "GET" else set())
    body = {"application/problem+json": {"schema": {"$ref": _REF.format(name="ProblemBody")}}}
    return {
        str(status): {"description": "problem", "content": body}
        for status in sorted(usual | set(endpoint.errors))
    }
