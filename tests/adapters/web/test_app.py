"""Who may ask the playground for what, and what its pages carry."""

import asyncio
import http.client
import re
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.web.guard import BODY_CAP, HEADERS
from adapters.web.static_files import STATIC
from tests.adapters.web.conftest import Playground

PAGES = ("/playground", "/in/direct", "/in/daily-papers", "/in/reading-group")
DEEDS = ("/say", "/press", "/react", "/clock")


def raw(host: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> http.client.HTTPResponse:
    """Send a request with exactly these headers and return the response, read."""
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


async def test_every_response_carries_the_headers_that_keep_others_out(room: Playground) -> None:
    for path in (*PAGES, "/static/page.css", "/static/page.js", "/healthz", "/nowhere", "/native/m1/Slack"):
        async with room.visitor.get(path) as response:
            assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, path
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert response.headers["Content-Type"].endswith("charset=utf-8")


async def test_a_page_loads_nothing_from_elsewhere_and_holds_no_script_or_style(room: Playground) -> None:
    await room.say("search entropy")
    loaded: list[str] = []
    for path in PAGES:
        html = await room.page(path)
        loaded = re.findall(r'<(?:script|link|img|iframe|source|object|embed)\b[^>]*?(?:src|href)="([^"]*)"', html)
        assert loaded
        assert all(address.startswith("/static/") for address in loaded)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    css = await room.page(next(one for one in loaded if ".css" in one))
    assert "url(" not in css
    assert "@import" not in css


async def test_a_page_has_what_a_newcomer_needs(room: Playground) -> None:
    html = await room.page()
    for words in (
        "Slack",
        "Discord",
        "PAPERROUND_SOURCES",
        "follow entropy",
        "today",
        "digest daily 09:00",
        "Tomorrow 09:00",
    ):
        assert words in html
    assert html.count("<h1") == 1
    assert 'role="log"' in html
    assert '<label class="unseen" for="typed">' in html
    assert '<html lang="en">' in html


async def test_only_known_hosts_are_answered(room: Playground) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1", "", f"{room.host}.evil.example"):
        response = await asyncio.to_thread(raw, room.host, "GET", "/", {"Host": host})
        assert response.status == 421
    for extra in ({"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}):
        response = await asyncio.to_thread(raw, room.host, "GET", "/", {"Host": room.host.upper(), **extra})
        assert response.status == 200
    assert "evil" not in await room.page()


async def test_a_health_probe_is_answered_by_whatever_name_it_comes(room: Playground) -> None:
    response = await asyncio.to_thread(raw, room.host, "GET", "/healthz", {"Host": "10.1.2.3:8080"})
    assert response.status == 200


FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://127.0.0.1:1"},
    {},
)


async def test_no_other_page_changes_anything(room: Playground) -> None:
    body = b"place=direct&text=follow+x&to=tomorrow&message=m1&token=1:say:help&emoji=x"
    for path in DEEDS:
        for headers in FOREIGN:
            sent = {"Host": room.host, "Content-Type": "application/x-www-form-urlencoded", **headers}
            response = await asyncio.to_thread(raw, room.host, "POST", path, sent, body)
            assert response.status == 403, (path, headers)
    assert room.history.revision == 0


async def test_reading_never_changes_anything(room: Playground) -> None:
    for path in (*DEEDS, "/say?place=direct&text=help"):
        async with room.visitor.get(path) as response:
            assert response.status == 405
    for page in PAGES:
        await room.page(page)
    assert room.history.revision == 0


async def test_the_older_headers_of_browsers_are_enough(room: Playground) -> None:
    form = {"Host": room.host, "Content-Type": "application/x-www-form-urlencoded"}
    for headers in ({"Origin": f"http://{room.host}"}, {"Sec-Fetch-Site": "same-origin"}):
        response = await asyncio.to_thread(
            raw, room.host, "POST", "/say", {**form, **headers}, b"place=direct&text=help"
        )
        assert response.status == 303
        assert re.fullmatch(r"/in/direct#m\d+", response.headers["Location"])


async def test_bodies_are_forms_of_a_bounded_size(room: Playground) -> None:
    same = {"Host": room.host, "Sec-Fetch-Site": "same-origin"}
    form = {**same, "Content-Type": "application/x-www-form-urlencoded"}
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x", ""):
        response = await asyncio.to_thread(raw, room.host, "POST", "/say", {**same, "Content-Type": kind}, b"text=help")
        assert response.status == 415
    too_long = b"place=direct&text=" + b"x" * BODY_CAP
    assert (await asyncio.to_thread(raw, room.host, "POST", "/say", form, too_long)).status == 413
    many = b"&".join(b"f%d=1" % number for number in range(99))
    assert (await asyncio.to_thread(raw, room.host, "POST", "/say", form, many)).status == 400
    broken = b"place=direct&text=\xff\xfe%ff%ed%a0%80"
    assert (await asyncio.to_thread(raw, room.host, "POST", "/say", form, broken)).status == 303


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/say", {"place": "nowhere", "text": "help"}),
        ("/press", {"message": "m999", "token": "1:say:help"}),
        ("/react", {"message": "", "emoji": "👍"}),
        ("/clock", {"to": "tomorrow"}),
    ],
)
async def test_what_is_not_there_is_said_in_a_sentence(room: Playground, path: str, fields: dict[str, str]) -> None:
    assert (await room.post(path, fields)).status == 404
    response = await room.post(path, fields, Accept="application/json")
    assert (await response.json()) == {"why": "There is nothing here. Begin at /"}


async def test_what_goes_wrong_here_reaches_the_visitor_as_a_sentence_and_not_as_a_trace(
    room: Playground, tmp_path: Path
) -> None:
    (tmp_path / "playground.jsonl").mkdir()  # nothing can be kept in a folder
    fields = {"place": "direct", "text": "follow entropy"}
    response = await room.post("/say", fields, Accept="application/json")
    assert response.status == 500
    assert (await response.json())["why"].startswith("That did not work; Paperround's log says why.")
    assert room.history.revision == 0
    (tmp_path / "playground.jsonl").rmdir()
    assert (await room.post("/say", fields)).status == 303


async def test_without_scripts_a_form_leads_back_to_the_message(room: Playground) -> None:
    response = await room.post("/say", {"place": "daily-papers", "text": "help search"})
    path, _, message = response.headers["Location"].partition("#")
    assert path == "/in/daily-papers"
    html = await room.page(path)
    assert f'id="{message}"' in html
    assert "finds stored papers, best first" in html


async def test_a_script_gets_what_changed_since_it_looked(room: Playground) -> None:
    first = await (await room.post("/say", {"place": "direct", "text": "help"}, Accept="application/json")).json()
    assert [change["place"] for change in first["changes"]] == ["direct", "direct"]
    assert first["at"] == first["changes"][0]["id"]
    revision = str(max(change["revision"] for change in first["changes"]))
    fields = {"place": "reading-group", "text": "interests", "after": revision}
    second = await (await room.post("/say", fields, Accept="application/json")).json()
    assert [change["place"] for change in second["changes"]] == ["reading-group", "reading-group"]
    assert "now" in second


async def test_a_long_conversation_stays_a_small_and_fast_page_and_leads_to_its_beginning(room: Playground) -> None:
    for _ in range(15):
        await room.say("search entropy")
    sizes, times = [], []
    for _ in range(20):
        began = time.perf_counter()
        html = await room.page()
        times.append(time.perf_counter() - began)
        sizes.append(len(html.encode()))
    assert max(sizes) < 100_000
    assert statistics.median(times) < 0.5
    html = await room.page()
    seen = set(re.findall(r'<article[^>]* id="(m\d+)"', html))
    while older := re.search(r'href="(/in/direct\?before=m\d+)"', html):
        html = await room.page(older[1])
        assert "<script" not in html  # earlier messages are for reading
        seen |= set(re.findall(r'<article[^>]* id="(m\d+)"', html))
    assert len(seen) == 30


async def test_files_of_the_page_are_kept_by_browsers_and_change_their_address_with_their_content(
    room: Playground,
) -> None:
    html = await room.page()
    for address in set(re.findall(r'"(/static/[^"]+)"', html)):
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        async with room.visitor.get(address) as response:
            assert "immutable" in response.headers["Cache-Control"]
    async with room.visitor.get("/static/page.css") as response:
        assert response.headers["Cache-Control"] == "no-cache"
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/app.py", "/static/"):
        assert (await asyncio.to_thread(raw, room.host, "GET", path, {"Host": room.host})).status == 404


def test_the_colours_can_be_read_in_the_light_and_in_the_dark() -> None:
    css = (STATIC / "page.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in css.split("prefers-color-scheme: dark")[:2]
    )
    pairs = [("ink", "paper"), ("ink", "sheet"), ("soft", "paper"), ("soft", "sheet"), ("accent", "sheet")]
    pairs += [("accent", "paper"), ("accent", "tint"), ("accent-ink", "accent"), ("warn", "sheet"), ("warn", "paper")]
    for colours in (light, dark):
        for fore, back in pairs:
            assert contrast(colours[fore], colours[back]) >= 4.5, (fore, back)


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2, 1.4.3, between two ``#rrggbb`` colours."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
