"""Requests in, reading, pages out: days, searches, papers, archives, feeds, plots. No decision is made here."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Hashable
from datetime import UTC, date, timedelta

from aiohttp import web

from adapters.pictures import MEDIA_TYPE as MEDIA_TYPE_OF_PICTURES
from adapters.pictures import png
from adapters.web.charts import honesty_chart, interest_chart, sources_chart, weeks_chart
from adapters.web.feed import MEDIA_TYPE, atom
from adapters.web.kept_pages import KeptPages, Made, answer
from adapters.web.page_templates import PageTemplates
from bot.model import PaperId
from bot.pages.figures import SOURCE_DAYS, InterestMap
from bot.reading import Reading
from bot.words import language_spoken, marked, say, spoken

# What a token draws never changes.
PICTURE_KEPT = "public, max-age=86400, immutable"
# What was stored changes when a source is read; a reader who comes back within a minute sees the same.
KEPT = "private, max-age=60"
GONE = marked("This link opens nothing (any more). Ask for a new one in chat: /papers archive")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Longer than any search may be, so that it is still told to be too long.
LONGEST_QUERY = 1100
# A page number longer than this is no page's.
DIGITS = 6
# Programs that open every link of a message to show a preview say so in these words.
ROBOTS = re.compile(r"bot\b|crawl|spider|preview|slackbot|discordbot|embed|externalhit|whatsapp|curl", re.IGNORECASE)


class Pages:
    """The handlers of the pages that anybody may read, and of those that a secret opens."""

    def __init__(self, reading: Reading, templates: PageTemplates, public_url: str) -> None:
        """Serve what ``reading`` reads.

        Args:
            public_url: Where the pages are reached from outside; empty when nobody said.
        """
        self._reading = reading
        self._templates = templates
        self._public_url = public_url.rstrip("/")
        self._kept_pages = KeptPages()
        self._crowd_pages = KeptPages(passing=True)

    @property
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.front),
            web.get("/day/{day}", self.day),
            web.get("/search", self.search),
            web.get("/paper/{paper:.+}", self.paper),
            web.get("/plots/sources", self.sources),
            web.get("/plots/interest", self.interest),
            web.get("/archive/{token}", self.archive),
            web.get("/archive/{token}/plots", self.figures),
            web.get("/picture/{token}.png", self.picture),
            web.get("/feed/{token}.atom", self.feed),
            web.get("/go/{token}", self.go),
        ]

    async def front(self, request: web.Request) -> web.StreamResponse:
        async def make() -> Made:
            shown = await self._reading.day(await self._reading.newest_day())
            return self._made("day", shown=shown, front=True)

        return await self._kept(request, "/", make)

    async def day(self, request: web.Request) -> web.StreamResponse:
        try:
            day = date.fromisoformat(request.match_info["day"])
            day - timedelta(days=8), day + timedelta(days=2)  # the calendar's ends have no neighbours
        except (ValueError, OverflowError):
            return self._message(say("There is no such day"), say("Write a day as 2026-03-12."), 404)
        page = _number(request)

        async def make() -> Made:
            return self._made("day", shown=await self._reading.day(day, page), front=False)

        # A day that is over stays as it was; only the day after it may have to be named anew.
        over = day < self._reading.now().astimezone(UTC).date()
        return await self._kept(request, (day, page), make, HOUR if over else MINUTE)

    async def search(self, request: web.Request) -> web.StreamResponse:
        typed, page = request.query.get("q", "").strip()[:LONGEST_QUERY], _number(request)

        async def make() -> Made:
            found, whole = await self._reading.search(typed, page)
            return self._made("search", status=400 if found.why else 200, lasting=whole, found=found)

        with self._reading.waiting_for_search() as many:
            # Days count from midnight in ``since:7d``; else a search asks no clock.
            key = await self._key(("/search", typed, page), DAY)
            # What was answered quickly is kept for the crowd alone.
            pages = self._crowd_pages if many and key not in self._kept_pages else self._kept_pages
            return answer(request, await pages.get(key, make), KEPT)

    async def paper(self, request: web.Request) -> web.StreamResponse:
        paper, typed = PaperId(request.match_info["paper"][:200]), request.query.get("q", "")[:LONGEST_QUERY]

        async def make() -> Made:
            shown = await self._reading.paper(paper, typed)
            if shown is None:
                told = say("No source that is read has brought it so far.")
                return self._made("message", status=404, heading=say("This paper is not here"), text=told)
            return self._made("paper", shown=shown)

        return await self._kept(request, ("/paper", paper, typed), make, DAY)

    async def sources(self, request: web.Request) -> web.StreamResponse:
        async def make() -> Made:
            return self._made("sources", drawn=sources_chart(await self._reading.sources()), days=SOURCE_DAYS)

        return await self._kept(request, "/plots/sources", make)

    async def interest(self, request: web.Request) -> web.StreamResponse:
        typed = request.query.get("q", "").strip()[:LONGEST_QUERY]
        if not typed:
            return self._page("interest", found=InterestMap(""), drawn=None)

        async def make() -> Made:
            found = await self._reading.interest_map(typed)
            drawn = interest_chart(found, "interest") if found.weeks else None
            return self._made("interest", status=400 if found.why else 200, found=found, drawn=drawn)

        return await self._kept(request, ("/plots/interest", typed), make)

    async def archive(self, request: web.Request) -> web.StreamResponse:
        shown = await self._reading.archive(request.match_info["token"], _number(request))
        if shown is None:
            return self._message(say("This archive is closed"), say(GONE), 404)
        return self._page("archive", shown=shown)

    async def figures(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        figures = await self._reading.figures(token)
        maps = await self._reading.interests_of_archive(token)
        if figures is None or maps is None:
            return self._message(say("This archive is closed"), say(GONE), 404)
        return self._page(
            "figures",
            figures=figures,
            token=token,
            weeks=weeks_chart(figures),
            honesty=honesty_chart(figures),
            maps=[(each, interest_chart(each, f"map{number}")) for number, each in enumerate(maps)],
        )

    async def go(self, request: web.Request) -> web.StreamResponse:
        """Lead on to a paper and count that its link in a message was opened."""
        token = request.match_info["token"]
        looks_only = request.method == "HEAD" or ROBOTS.search(request.headers.get("User-Agent", "")) is not None
        # Nothing tells one reader from another, so the same link counts once an hour.
        opening = hashlib.sha256(f"{token} {self._reading.now():%Y-%m-%dT%H}".encode()).hexdigest()[:32]
        url = await self._reading.link_opened(token, opening, counted=not looks_only)
        if url is None:
            return self._message(say("This link leads nowhere"), say("Its paper is not stored here any more."), 404)
        # The paper's site learns neither the link nor whose it is.
        return web.Response(status=302, headers={"Location": url, "Referrer-Policy": "no-referrer"})

    async def picture(self, request: web.Request) -> web.StreamResponse:
        """Answer the picture of a plot in a message, for the platform that shows it."""
        plot = await self._reading.picture(request.match_info["token"])
        if plot is None:
            raise web.HTTPNotFound
        body = await asyncio.to_thread(png, plot)
        return web.Response(body=body, content_type=MEDIA_TYPE_OF_PICTURES, headers={"Cache-Control": PICTURE_KEPT})

    async def feed(self, request: web.Request) -> web.StreamResponse:
        opened = await self._reading.feed(request.match_info["token"])
        if opened is None:
            raise web.HTTPNotFound
        whose, digests, language = opened
        with spoken(language):
            body = atom(whose, f"{self._public_url}{request.path}", digests)
        tag = hashlib.sha256(body).hexdigest()[:32]
        asked_for = {each.value for each in request.if_none_match or ()}
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=300"}
        if asked_for & {tag, "*"}:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=MEDIA_TYPE, charset="utf-8", headers=headers)

    async def _kept(
        self, request: web.Request, what: Hashable, make: Callable[[], Awaitable[Made]], span: timedelta = MINUTE
    ) -> web.StreamResponse:
        """Answer with a page that is the same for everybody, as it was made before or now."""
        return answer(request, await self._kept_pages.get(await self._key(what, span), make), KEPT)

    async def _key(self, what: Hashable, span: timedelta) -> Hashable:
        return what, language_spoken(), await self._reading.edition(span)

    def _made(self, name: str, *, status: int = 200, lasting: bool = True, **values: object) -> Made:
        return Made.of(self._templates.render(name, **values), status, lasting=lasting)

    def _page(self, name: str, *, status: int = 200, **values: object) -> web.Response:
        html = self._templates.render(name, **values).encode("utf-8", "replace")
        headers = {"Cache-Control": "no-store"}
        response = web.Response(body=html, status=status, content_type="text/html", charset="utf-8", headers=headers)
        response.enable_compression()
        return response

    def _message(self, heading: str, text: str, status: int) -> web.Response:
        return self._page("message", status=status, heading=heading, text=text)


def _number(request: web.Request) -> int:
    text = request.query.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 1
