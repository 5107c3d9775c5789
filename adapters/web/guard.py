"""What every request must pass and every response carries.

A page on 127.0.0.1 is open to every site that its visitor has open in another tab: those may send requests here, and
by a name of their own that points here even read the answers. So: known hosts only, changes from this page only,
nothing framed, nothing loaded from elsewhere, no script but the page's own file.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from adapters.readers import Handler, Middleware
from bot.words import say

BODY_CAP = 64 * 1024
BODY_SECONDS = 10
FIELDS_CAP = 10

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # "no-referrer" would make browsers send "Origin: null" with the page's own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# A probe reaches the process by an address that no list knows; what it learns names nobody.
OPEN_TO_EVERY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


def known_hosts_only(allowed: Collection[str], called_by_platforms: Collection[str] = ()) -> Middleware:
    """Return a middleware that answers only requests for these hosts, each ``name:port`` as a browser sends it.

    Args:
        called_by_platforms: Paths whose requests are signed instead.
    """
    known = {host.lower() for host in allowed}
    open_paths = OPEN_TO_EVERY_HOST | set(called_by_platforms)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in open_paths and request.headers.get("Host", "").lower() not in known:
            raise web.HTTPMisdirectedRequest(
                text=say("This address is none of Paperround's; see PAPERROUND_PUBLIC_URL.")
            )
        return await handler(request)

    return middleware


def own_page_only(called_by_platforms: Collection[str] = ()) -> Middleware:
    """Return a middleware that lets only this page's own forms and scripts change anything; a GET never does.

    No page sets a cookie, so another site's form would come without anybody's rights; it is refused all the same.

    Args:
        called_by_platforms: Paths whose requests are signed instead, or carry a signed token that no other site knows.
    """
    signed = frozenset(called_by_platforms)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"} and request.path not in signed and not _from_own_page(request):
            raise web.HTTPForbidden(text=say("Only the playground's own page may do this."))
        return await handler(request)

    return middleware


def route_of(request: web.Request) -> str:
    """Return the pattern of a request's path, ``/archive/{token}``: a secret in it is not told."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


@web.middleware
async def logged(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log each request at debug, by its pattern: neither what was searched for nor a secret address is in a log."""
    began = time.perf_counter()

    def log(status: int) -> None:
        structlog.get_logger().debug(
            "a request was answered",
            action="web_request",
            route=route_of(request),
            status=status,
            took_ms=round(1000 * (time.perf_counter() - began), 1),
        )

    return await answered(request, handler, log)


async def answered(request: web.Request, handler: Handler, tell: Callable[[int], None]) -> web.StreamResponse:
    """Return what a handler answers, or let its error rise, once ``tell`` was told the status that this will have."""
    status = 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        tell(status)
    return response


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what went wrong with one sentence, and log what is our own mistake."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        text = say("There is nothing here. Begin at /") if isinstance(error, web.HTTPNotFound) else error.text
        answer = _error(request, error.status, text or error.reason)
        if wait := error.headers.get("Retry-After"):
            answer.headers["Retry-After"] = wait
        return answer
    except Exception:  # noqa: BLE001 - the top of this task: a mistake must not reach the visitor as a trace
        structlog.get_logger().exception("a request failed", action="web_request_failed", route=route_of(request))
        why = say("That did not work; Paperround's log says why. Nothing else was harmed.")
        return _error(request, 500, why)


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a posted form, each name once.

    Raises:
        web.HTTPException: The body is no form, too long, or too slow.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text=say("Only forms are taken here."))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=say("The form took too long.")) from None
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS_CAP)
    except ValueError:
        raise web.HTTPBadRequest(text=say("The form has too many fields.")) from None
    return {name: values[-1] for name, values in fields.items()}


def wants_json(request: web.Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _from_own_page(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None and origin is None:
        return False  # every browser sends one of them with a form
    # A proxy may speak TLS on our behalf, so the scheme is the visitor's; the host was checked before.
    same_host = origin is None or origin.partition("://")[2].lower() == request.headers.get("Host", "").lower()
    return same_host and site in {None, "same-origin"}


def _error(request: web.Request, status: int, why: str) -> web.Response:
    if wants_json(request):
        return web.json_response({"why": why}, status=status)
    return web.Response(text=f"{why}\n", status=status)
