"""One's own data as JSON for programs, and the document that describes it: both come from `bot.pages.shelf`."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from bot.pages.shelf import SHELVES, Shelf
from bot.reading import Reading

VERSION = "1.0.0"
SCHEMAS = "#/components/schemas/{model}"
WHY = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}

_FORMS: Mapping[str, TypeAdapter[object]] = {shelf.name: TypeAdapter(shelf.form) for shelf in SHELVES.values()}


class Api:
    """The handlers below ``/api``."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @property
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/openapi.json", self.description), web.get("/api/v1/{shelf}", self.shelf)]

    async def description(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(openapi(), headers={"Cache-Control": "public, max-age=3600"})

    async def shelf(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["shelf"]
        if name not in SHELVES:
            return web.json_response({"why": f"There is {', '.join(SHELVES)}."}, status=404)
        # In the address a token would end in histories and logs, so it is taken from the header alone.
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        value = await self._reading.own_data(token.strip(), name) if scheme.lower() == "bearer" else None
        if value is None:
            why = "Send a token: Authorization: Bearer … (in chat: /papers token)"
            return web.json_response({"why": why}, status=401, headers={"WWW-Authenticate": "Bearer"})
        return web.Response(body=_FORMS[name].dump_json(value), content_type="application/json", charset="utf-8")


def openapi() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of everything below ``/api/v1``."""
    schemas: dict[str, Any] = {"Refusal": WHY}
    for form in _FORMS.values():
        schema = form.json_schema(mode="serialization", ref_template=SCHEMAS)
        schemas |= schema.pop("$defs", {})
        schemas[str(schema["title"])] = schema
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Paperround: your own data",
            "version": VERSION,
            "description": "Reads what is yours. A token comes from /papers token, in your direct conversation.",
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
        "security": [{"token": []}],
        "paths": {f"/api/v1/{shelf.name}": {"get": _operation(shelf)} for shelf in SHELVES.values()},
    }


def _operation(shelf: Shelf) -> dict[str, Any]:
    return {
        "operationId": shelf.name,
        "summary": (shelf.form.__doc__ or "").strip(),
        "responses": {
            "200": _answer("It is there.", shelf.form.__name__),
            "401": _answer("The token opens nothing.", "Refusal"),
            "429": {"description": "Too many requests; wait as Retry-After says."},
        },
    }


def _answer(means: str, schema: str) -> dict[str, Any]:
    form = {"schema": {"$ref": SCHEMAS.format(model=schema)}}
    return {"description": means, "content": {"application/json": form}}
