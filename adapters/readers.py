"""Pages in the language that their reader's browser asks for, and what templates call to say a text."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol

from aiohttp import hdrs, web
from markupsafe import Markup, escape

from bot.catalogues import translations
from bot.languages import language_from
from bot.words import ENGLISH, count, language_spoken, say, spoken, whole

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# No browser asks for more languages; what follows is not read.
MOST_CHARACTERS = 500


class Middleware(Protocol):
    def __call__(self, request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]: ...


def in_readers_language(for_programs: Collection[str] = ()) -> Middleware:
    """Return a middleware in which everything is said in the language that a request asks for.

    Args:
        for_programs: With what the paths begin whose answers are the same for everybody.
    """
    unspoken = tuple(for_programs)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(unspoken):
            return await handler(request)
        language = language_asked(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
        if language != ENGLISH:
            # A catalogue is read once; that may be now.
            await asyncio.to_thread(translations, language)
        with spoken(language):
            response = await handler(request)
        response.headers.add(hdrs.VARY, hdrs.ACCEPT_LANGUAGE)
        return response

    return middleware


def language_asked(header: str) -> str:
    """Return the best liked language of ``Accept-Language`` (RFC 9110, 12.5.4) that is spoken here, else English."""
    tags: list[tuple[float, str]] = []
    for part in header[:MOST_CHARACTERS].split(","):
        tag, _, quality = part.replace(" ", "").lower().partition(";q=")
        try:
            tags.append((float(quality or 1), tag))
        except ValueError:
            # Broken by whoever sent it; the others may be right.
            continue
    # Of equal ones the first.
    for _, tag in sorted((each for each in tags if each[0] > 0), key=lambda each: -each[0]):
        if (language := language_from(tag)) != ENGLISH or tag.partition("-")[0] == ENGLISH:
            return language
    return ENGLISH


def lang(language: str | None = None) -> str:
    """Return a language as HTML names it, ``zh-CN``: the one spoken where none is given."""
    return (language or language_spoken()).replace("_", "-")


def say_around(english: str, /, **values: object) -> Markup:
    """Return a text with values that may be markup; everything else in it is escaped."""
    return Markup(escape(say(english))).format(**values)  # noqa: S704 - escaped the moment before


def count_around(number: int, one: str, many: str, /, **values: object) -> Markup:
    """Return the same as `say_around` for a number, which is filled in as ``{n}``."""
    keys = {name: f"{{{name}}}" for name in ("n", *values)}
    return Markup(escape(count(number, one, many, **keys))).format(n=whole(number), **values)  # noqa: S704 - likewise


def say_link(english: str, address: str, /, **values: object) -> Markup:
    """Return a text whose part between ``{link}`` and ``{end}`` leads to an address."""
    link = Markup('<a href="{}">').format(address)
    return say_around(english, link=link, end=Markup("</a>"), **values)


# For the globals of a jinja2 environment.
SAYING: Mapping[str, object] = {
    "say": say,
    "count": count,
    "whole": whole,
    "lang": lang,
    "count_around": count_around,
    "say_around": say_around,
    "say_link": say_link,
}
