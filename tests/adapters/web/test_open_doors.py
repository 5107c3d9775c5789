"""Feeds, one's own data, health and rates: what programs ask for."""

import json
import re
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from multidict import CIMultiDict
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from adapters.web.api import openapi
from adapters.web.feed import ATOM, atom
from adapters.web.rates import A_SECOND, ADDRESSES_KEPT, BURST, Buckets, counted_as_this_machine, visitor_of
from bot.model import Digest, Reason, ReasonKind
from bot.pages.shelf import SHELVES
from tests.adapters.web.conftest import Playground
from tests.builders import MORNING, a_member, a_paper, a_pick

ENTRY = f"{{{ATOM}}}entry"


async def said(room: Playground, text: str, pattern: str) -> str:
    await room.say(text)
    found = re.search(pattern, room.last().payload)
    assert found
    return found[0]


async def test_a_feed_brings_the_picks_and_nothing_when_nothing_changed(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("today")
    path = await said(room, "feed", r"/feed/[\w-]+\.atom")
    async with room.visitor.get(path) as response:
        assert response.content_type == "application/atom+xml"
        feed = etree.fromstring(await response.read())
        tag = response.headers["ETag"]
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in feed.iter(ENTRY)]
    assert titles
    assert all("ntropy" in str(title) for title in titles)
    async with room.visitor.get(path, headers={"If-None-Match": f'"other", {tag}'}) as response:
        assert (response.status, await response.read()) == (304, b"")
    await room.say("feed new")
    async with room.visitor.get(path) as response:
        assert response.status == 404


@given(title=st.text(max_size=60), name=st.text(max_size=20), words=st.text(max_size=40))
def test_a_feed_is_well_formed_whatever_its_papers_say(title: str, name: str, words: str) -> None:
    paper = a_paper(1, f"T{title}", authors=(name,), url="javascript:alert(1)", categories=(words,))
    pick = a_pick(paper, reasons=(Reason(ReasonKind.WORDS, words, 1.0),), key_sentence=words)
    digest = Digest(a_member().profile, MORNING.date(), 0, 1, (pick,), MORNING)
    body = atom("your picks", "https://papers.example/feed/x.atom", [digest])
    feed = etree.fromstring(body)
    assert len(list(feed.iter(ENTRY))) == 1
    assert b"javascript:" not in body
    assert feed.find(f"{ENTRY}/{{{ATOM}}}link") is None


async def test_each_path_of_the_description_answers_as_it_says(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("today")
    await room.say("save 1")
    await room.say("like 2")
    await room.say("digest daily 09:00")
    token = json.loads(room.last().payload) and await said(room, "token", r"[\w-]{43}")
    async with room.visitor.get("/api/openapi.json") as response:
        described = await response.json()
    assert described == json.loads(json.dumps(openapi()))
    assert set(described["paths"]) == {f"/api/v1/{name}" for name in SHELVES}
    for path, operations in described["paths"].items():
        assert set(operations) == {"get"}
        async with room.visitor.get(path, headers={"Authorization": f"Bearer {token}"}) as response:
            assert (response.status, response.content_type) == (200, "application/json")
            body = await response.read()
        shelf = SHELVES[path.rpartition("/")[2]]
        value: Any = TypeAdapter(shelf.form).validate_json(body)
        assert json.loads(TypeAdapter(shelf.form).dump_json(value)) == json.loads(body)
        answers = operations["get"]["responses"]
        schema = answers["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        fields = described["components"]["schemas"][schema]["properties"]
        assert json.loads(body).keys() == fields.keys()
        assert any(json.loads(body).values())
        async with room.visitor.get(path) as response:
            assert response.status == 401
            assert answers["401"]
            assert (await response.json()).keys() == {"why"}


async def test_every_reference_of_the_description_is_described() -> None:
    text = json.dumps(openapi())
    names = set(openapi()["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= names


async def test_a_token_is_taken_from_the_header_alone(room: Playground) -> None:
    token = await said(room, "token", r"[\w-]{43}")
    for path, headers in (
        (f"/api/v1/me?token={token}", {}),
        ("/api/v1/me", {"Authorization": token}),
        ("/api/v1/me", {"Authorization": f"Basic {token}"}),
        ("/api/v1/me", {"Authorization": "Bearer "}),
        ("/api/v1/me", {"Cookie": f"token={token}"}),
    ):
        async with room.visitor.get(path, headers=headers) as response:
            assert response.status == 401
    await room.say("token revoke")
    async with room.visitor.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status == 401


async def test_no_secret_address_and_no_search_is_in_a_log(room: Playground) -> None:
    feed = await said(room, "feed", r"/feed/[\w-]+\.atom")
    archive = await said(room, "archive", r"/archive/[\w.-]+")
    with capture_logs() as logs:
        for path in (feed, archive, f"{archive}/plots", "/search?q=confidential", "/archive/wrong-token", "/nowhere"):
            async with room.visitor.get(path) as response:
                await response.read()
    told = [entry for entry in logs if entry.get("action") == "web_request"]
    assert [entry["route"] for entry in told] == [
        "/feed/{token}.atom",
        "/archive/{token}",
        "/archive/{token}/plots",
        "/search",
        "/archive/{token}",
        "unknown",
    ]
    everything = repr(logs)
    for secret in (feed[6:-5], archive[9:], "confidential", "wrong-token"):
        assert secret not in everything


def a_request(peer: str, *forwarded: str) -> web.Request:
    lines = CIMultiDict(("X-Forwarded-For", line) for line in forwarded)
    return make_mocked_request("GET", "/", lines).clone(remote=peer)


def test_a_proxy_on_this_machine_is_believed_and_nobody_else_is() -> None:
    assert visitor_of(a_request("127.0.0.1")) is None
    assert visitor_of(a_request("::1")) is None
    assert visitor_of(a_request("127.0.0.1", "9.9.9.9, 203.0.113.5")) == "203.0.113.5"
    # As some proxies leave the line that came and write their own below it.
    assert visitor_of(a_request("127.0.0.1", "127.0.0.1", "203.0.113.5")) == "203.0.113.5"
    assert visitor_of(a_request("203.0.113.7", "127.0.0.1")) == "203.0.113.7"


@pytest.mark.parametrize(
    ("peer", "visitor"), [("172.18.0.1", "203.0.113.5"), ("fd00::1", "203.0.113.5"), ("8.8.8.8", "8.8.8.8")]
)
async def test_a_proxy_that_the_host_trusts_is_believed_as_one_on_this_machine_is(peer: str, visitor: str) -> None:
    trusted = counted_as_this_machine([ip_network("172.16.0.0/12"), ip_network("fc00::/7")])
    asked: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(visitor_of(request))
        return web.Response()

    await trusted(a_request(peer, "127.0.0.1, 203.0.113.5"), handler)
    assert asked == [visitor]


def test_a_bucket_empties_and_fills_again() -> None:
    seconds = [0.0]
    buckets = Buckets(lambda: seconds[0])
    assert all(buckets.take("a") for _ in range(BURST))
    assert not buckets.take("a")
    assert buckets.take("b")
    seconds[0] += 1 / A_SECOND
    assert buckets.take("a")
    assert not buckets.take("a")


def test_only_so_many_addresses_are_kept() -> None:
    buckets = Buckets(lambda: 0.0)
    for number in range(ADDRESSES_KEPT + 5):
        buckets.take(str(number))
    assert len(buckets._left) == ADDRESSES_KEPT  # noqa: SLF001 - nothing outside shows it


@pytest.mark.parametrize("guess", ["/archive/guess-{}", "/feed/guess-{}.atom", "/api/v1/me?guess={}"])
async def test_whoever_tries_secrets_by_lot_is_stopped_soon_and_this_machine_never(
    room: Playground, guess: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long a request takes, nothing is given back meanwhile.
    monkeypatch.setattr("adapters.web.rates.A_SECOND", 0.0001)
    outside = {"X-Forwarded-For": "203.0.113.9"}
    statuses = []
    for number in range(12):
        async with room.visitor.get(guess.format(number), headers=outside) as response:
            statuses.append(response.status)
    assert statuses[0] in {401, 404}
    assert statuses[-1] == 429
    assert statuses.count(429) > 4
    async with room.visitor.get("/", headers=outside) as response:
        assert response.status == 429
        assert int(response.headers["Retry-After"]) >= 1
    async with room.visitor.get("/") as response:
        assert response.status == 200


async def test_a_platform_that_asks_for_pictures_that_have_ended_is_given_the_others(room: Playground) -> None:
    outside = {"X-Forwarded-For": "203.0.113.9"}
    for number in range(12):
        async with room.visitor.get(f"/picture/1.{number}.x.png", headers=outside) as response:
            assert response.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e/guard.py",
        "/static//etc/passwd",
        "/static/x%00.css",
    ],
)
async def test_no_path_leads_out_of_the_static_files(room: Playground, path: str) -> None:
    async with room.visitor.get(room.url + path, allow_redirects=False) as response:
        assert response.status == 404
