"""All pages of a process as one application: what everybody may read, what a secret opens, what platforms call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from aiohttp import web

from adapters.readers import in_readers_language
from adapters.web import guard
from adapters.web.api import Api
from adapters.web.app import Room
from adapters.web.health import Health, Watched, healthz
from adapters.web.page_templates import PageTemplates
from adapters.web.pages import Pages
from adapters.web.rates import Buckets, counted_as_this_machine, limited
from adapters.web.static_files import StaticFiles
from bot.reading import Reading

# What a platform sends back of its own messages can be far longer than any form; a form is capped by its reader too.
PLATFORM_BODY_CAP = 1024 * 1024
# Their answers are the same for everybody, whatever language a request asks for.
FOR_PROGRAMS = ("/api/", "/feed/", "/picture/", "/static/", *guard.OPEN_TO_EVERY_HOST)


@dataclass(frozen=True, slots=True)
class Site:
    """What a site is made of.

    Attributes:
        allowed_hosts: ``127.0.0.1:8080``, ``papers.example.org``: what the address line may say.
        public_url: Where the pages are reached from outside; empty when nobody said.
        trusted_proxies: Whose requests count as this machine's, beside its own.
        watched: None: only ``/healthz`` is there.
        playground: The playground, where there is one.
        called_by_platforms: What platforms call, signed by them.
        behind_mails: What the links of mails open. A signed token in the address is all that a request needs, since
            mail programs that unsubscribe by themselves (RFC 8058) are no page of ours.
    """

    reading: Reading
    allowed_hosts: Collection[str]
    public_url: str = ""
    trusted_proxies: Collection[IPv4Network | IPv6Network] = ()
    watched: Watched | None = None
    playground: Room | None = None
    called_by_platforms: Sequence[web.RouteDef] = ()
    behind_mails: Sequence[web.RouteDef] = ()


def site(parts: Site) -> web.Application:
    """Return the application; the order of what each request passes is that of ``middlewares``."""
    files = StaticFiles()
    signed = [route.path for route in parts.called_by_platforms]
    app = web.Application(
        client_max_size=PLATFORM_BODY_CAP if signed else guard.BODY_CAP,
        middlewares=[
            counted_as_this_machine(parts.trusted_proxies),
            guard.logged,
            in_readers_language([*FOR_PROGRAMS, *signed]),
            guard.plain_errors,
            guard.known_hosts_only(parts.allowed_hosts, signed),
            guard.own_page_only([*signed, *(route.path for route in parts.behind_mails)]),
            limited(Buckets(), signed),
        ],
    )
    app.on_response_prepare.append(guard.add_headers)
    templates = PageTemplates(files, with_playground=parts.playground is not None)
    app.add_routes(Pages(parts.reading, templates, parts.public_url).routes)
    app.add_routes(Api(parts.reading).routes)
    app.add_routes([web.get("/static/{name:.+}", files.serve), *parts.called_by_platforms, *parts.behind_mails])
    if parts.watched is None:
        app.add_routes([web.get("/healthz", healthz)])
    else:
        app.add_routes(Health(parts.reading, parts.watched).routes)
    if parts.playground is not None:
        app.add_routes(parts.playground.routes)
        app.on_shutdown.append(parts.playground.close)
    return app
