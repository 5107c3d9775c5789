"""Requests in, reading, pages out: days, searches, papers, archives, feeds, plots. No decision is made here."""

import hashlib
import re
from datetime import date, timedelta

from aiohttp import web

from adapters.web.charts import honesty_chart, interest_chart, sources_chart, weeks_chart
from adapters.web.feed import MEDIA_TYPE, atom
from adapters.web.page_templates import PageTemplates
from bot.model import PaperId
from bot.pages.figures import SOURCE_DAYS, InterestMap
from bot.reading import Reading

# What was stored changes when a source is read; a reader who comes back within a minute sees the same.
KEPT = "private, max-age=60"
GONE = "This link opens nothing (any more). Ask for a new one in chat: /papers archive"
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
            web.get("/feed/{token}.atom", self.feed),
            web.get("/go/{token}", self.go),
        ]

    async def front(self, _: web.Request) -> web.StreamResponse:
        shown = await self._reading.day(await self._reading.newest_day())
        return self._page("day", kept=KEPT, shown=shown, front=True)

    async def day(self, request: web.Request) -> web.StreamResponse:
        try:
            day = date.fromisoformat(request.match_info["day"])
            day - timedelta(days=8), day + timedelta(days=2)  # the calendar's ends have no neighbours
        except (ValueError, OverflowError):
            return self._message("There is no such day", "Write a day as 2026-03-12.", 404)
        shown = await self._reading.day(day, _number(request))
        return self._page("day", kept=KEPT, shown=shown, front=False)

    async def search(self, request: web.Request) -> web.StreamResponse:
        found = await self._reading.search(request.query.get("q", ""), _number(request))
        return self._page("search", status=400 if found.why else 200, kept=KEPT, found=found)

    async def paper(self, request: web.Request) -> web.StreamResponse:
        shown = await self._reading.paper(PaperId(request.match_info["paper"][:200]), request.query.get("q", ""))
        if shown is None:
            return self._message("This paper is not here", "No source that is read has brought it so far.", 404)
        return self._page("paper", kept=KEPT, shown=shown)

    async def sources(self, _: web.Request) -> web.StreamResponse:
        return self._page("sources", kept=KEPT, drawn=sources_chart(await self._reading.sources()), days=SOURCE_DAYS)

    async def interest(self, request: web.Request) -> web.StreamResponse:
        typed = request.query.get("q", "").strip()
        if not typed:
            return self._page("interest", found=InterestMap(""), drawn=None)
        found = await self._reading.interest_map(typed)
        drawn = interest_chart(found, "interest") if found.weeks else None
        return self._page("interest", status=400 if found.why else 200, kept=KEPT, found=found, drawn=drawn)

    async def archive(self, request: web.Request) -> web.StreamResponse:
        shown = await self._reading.archive(request.match_info["token"], _number(request))
        if shown is None:
            return self._message("This archive is closed", GONE, 404)
        return self._page("archive", shown=shown)

    async def figures(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        figures = await self._reading.figures(token)
        maps = await self._reading.interests_of_archive(token)
        if figures is None or maps is None:
            return self._message("This archive is closed", GONE, 404)
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
            return self._message("This link leads nowhere", "Its paper is not stored here any more.", 404)
        # The paper's site learns neither the link nor whose it is.
        return web.Response(status=302, headers={"Location": url, "Referrer-Policy": "no-referrer"})

    async def feed(self, request: web.Request) -> web.StreamResponse:
        opened = await self._reading.feed(request.match_info["token"])
        if opened is None:
            raise web.HTTPNotFound(text="This feed's address opens nothing (any more). Ask in chat: /papers feed")
        whose, digests = opened
        body = atom(whose, f"{self._public_url}{request.path}", digests)
        tag = hashlib.sha256(body).hexdigest()[:32]
        asked_for = {each.value for each in request.if_none_match or ()}
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=300"}
        if asked_for & {tag, "*"}:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=MEDIA_TYPE, charset="utf-8", headers=headers)

    def _page(self, name: str, *, status: int = 200, kept: str = "no-store", **values: object) -> web.Response:
        html = self._templates.render(name, **values).encode("utf-8", "replace")
        headers = {"Cache-Control": kept if status == 200 else "no-store"}
        response = web.Response(body=html, status=status, content_type="text/html", charset="utf-8", headers=headers)
        response.enable_compression()
        return response

    def _message(self, heading: str, text: str, status: int) -> web.Response:
        return self._page("message", status=status, heading=heading, text=text)


def _number(request: web.Request) -> int:
    text = request.query.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 1
