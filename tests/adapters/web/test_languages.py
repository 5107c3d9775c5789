"""Pages and the playground's messages in another language: nothing of them but names and papers stays English."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from adapters.readers import language_asked
from adapters.web.faults import Fault
from adapters.web.frozen import language_in
from adapters.web.history import Author, Message
from adapters.web.places import PLACES
from adapters.web.render import message_html
from adapters.web.static_files import STATIC
from bot.model import MessageId
from bot.replies import NoticeReply, Reply, kind_of
from bot.words import spoken
from tests.adapters.web.conftest import SUBJECTS, Playground
from tests.said import MARKED_REPLIES, texts_of_page, unsaid

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
# What is the same in every language beside what always is.
KEPT = ("list", "entropy language models survey", "ECE", "Brier", "reading-list.bib")
# What the playground shows as it is typed or named on a machine.
HOSTS = ("daily-papers reading-group reinforcement learning paperround init env example", "PAPERROUND_SOURCES ingest")
PAPERS = (*(f"{title} {abstract} part" for title, abstract in SUBJECTS), "A. Author, B. Writer", "cs.LG")
ASKING = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}

pytestmark = pytest.mark.usefixtures("language")


@pytest.mark.parametrize("reply", MARKED_REPLIES, ids=kind_of)
async def test_each_reply_is_shown_wholly_in_the_language_in_which_it_was_said(
    reply: Reply, language: str, room: Playground
) -> None:
    with spoken(language):
        payloads = [room.messenger.answered(reply), *(payload for payload, _ in room.messenger.render(reply))]
    for payload in payloads:
        said = Message(
            MessageId("1"), PLACES[0].channel.id, NOON, Author.PAPERROUND, payload=payload, private=True, marker="pr-1"
        )
        with spoken(language):
            html = message_html(said, ZoneInfo("UTC"))
        assert '<div class="reply" lang="de">' in html
        assert unsaid(texts_of_page(html), KEPT) == []


async def test_a_command_is_answered_in_the_language_that_the_visitor_chose(room: Playground) -> None:
    await room.say("set language de")
    await room.say("search entropy")
    html = await room.fragment(room.last(), **ASKING)
    assert unsaid(texts_of_page(html), (*KEPT, *PAPERS)) == []
    assert '<div class="reply" lang="de">' in html


async def test_what_stands_around_a_message_is_in_the_readers_language_and_the_message_in_its_own(
    room: Playground, language: str
) -> None:
    reply = NoticeReply("Noted")
    posted = room.messenger.answered(reply)
    shown = Message(
        MessageId("1"),
        PLACES[1].channel.id,
        NOON,
        Author.PAPERROUND,
        payload=posted,
        private=True,
        notes={"": posted},
    )
    with spoken(language):
        german = message_html(shown, ZoneInfo("UTC"))
        payload = room.messenger.answered(reply)
    english = message_html(replace(shown, payload=payload), ZoneInfo("UTC"))
    assert "«Only you see this»" in german
    assert '<div class="reply" lang="en"><p class="line">Noted</p>' in german
    assert '<div class="note" lang="en"><p class="line">Noted</p>' in german
    assert "Only you see this" in english
    assert "«Only you see this»" not in english
    assert '<div class="reply" lang="de">' in english


@pytest.mark.parametrize("place", [place.slug for place in PLACES])
async def test_the_playground_is_wholly_in_the_language_that_the_browser_asks_for(room: Playground, place: str) -> None:
    empty = await asked(room, f"/in/{place}")
    here = "" if place == "direct" else "here "
    for path, fields in (
        ("/clock", {"to": "hour"}),
        ("/say", {"text": f"follow {here}entropy"}),
        ("/say", {"text": f"digest {here}daily 09:00 count 1"}),
        ("/say", {"text": f"set {here}language de"}),
        ("/fault", {"fault": Fault.NONE}),
        ("/fault", {"fault": Fault.LOST_BEFORE}),
        ("/clock", {"to": "tomorrow"}),
        ("/clock", {"to": "hour"}),
    ):
        assert (await room.post(path, {"place": place, **fields}, **ASKING)).status == 303
    full = await asked(room, f"/in/{place}")
    ledger = next(message.text for message in room.messages(place) if message.author is Author.LEDGER)
    assert "«the ledger says »«sent»" in ledger
    elsewhere = await asked(room, f"/in/{'direct' if place != 'direct' else 'daily-papers'}")
    (words,) = re.findall(r"data-words='([^']*)'", full)
    for html in (empty, full, elsewhere):
        assert '<html lang="de">' in html
        assert unsaid([*texts_of_page(html), *re.findall('data-does="([^"]*)"', html)], (*KEPT, *PAPERS, *HOSTS)) == []
    assert unsaid(re.sub("{.*?}", " ", text) for text in json.loads(words).values()) == []


async def test_a_round_that_came_elsewhere_is_told_in_the_language_of_the_browser(room: Playground) -> None:
    for text in ("follow here entropy", "digest here daily 09:00 count 1"):
        await room.say(text, "daily-papers")
    await room.post("/clock", {"place": "direct", "to": "tomorrow"}, **ASKING)
    moved, came = [message.text for message in room.messages() if message.author is Author.CLOCK]
    assert (moved, came) == ("Donnerstag, 12. März 2026, 09:00", "«The round came to »#daily-papers.")


async def test_the_visitor_is_answered_in_the_language_of_the_browser_unless_they_chose_one(room: Playground) -> None:
    for text, language in (("help", "de"), ("set language en", "en"), ("help", "en")):
        await room.post("/say", {"place": "direct", "text": text}, **ASKING)
        assert language_in(room.last().payload) == language


@pytest.mark.parametrize("name", ["page.js", "drawn.js"])
def test_a_script_of_the_playground_says_nothing_by_itself(name: str) -> None:
    code = re.sub(r"^\s*//.*|\s// .*", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts = re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
    assert texts
    assert [text for pair in texts for text in pair if re.search(r"[A-Z][a-z]* [a-z]", text)] == []


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/in/nowhere", 404), ("/native/nothing/Slack", 404), ("/react", 405)]
)
async def test_what_cannot_be_shown_is_told_in_the_language_that_the_browser_asks_for(
    room: Playground, path: str, status: int
) -> None:
    async with room.visitor.get(path, headers=ASKING) as response:
        assert response.status == status
        assert unsaid([await response.text()], () if status == 404 else ("Method Not Allowed",)) == []


@pytest.mark.parametrize("fields", [{"to": "yesterday"}, {"place": "direct", "to": "yesterday"}, {"fault": "fire"}])
async def test_a_form_is_refused_in_the_language_that_the_browser_asks_for(
    room: Playground, fields: Mapping[str, str]
) -> None:
    path = "/clock" if "to" in fields else "/fault"
    response = await room.post(path, {"place": "direct", **fields}, Accept="application/json", **ASKING)
    assert unsaid([(await response.json())["why"]]) == []
    strange = await room.post(path, fields, Accept="application/json", **(ASKING | {"Origin": "https://evil.example"}))
    assert unsaid([(await strange.json())["why"]]) == []


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/openapi.json", "/api/v1/nothing", "/static/icon.svg", "/feed/x.atom"]
)
async def test_what_programs_read_is_the_same_in_every_language(room: Playground, path: str) -> None:
    async with room.visitor.get(path, headers=ASKING) as response:
        assert "Accept-Language" not in ", ".join(response.headers.getall("Vary", []))
        german = await response.read()
    async with room.visitor.get(path) as response:
        assert german == await response.read()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/day/2026-03-20",
        "/day/2026-02-30",
        "/search",
        "/search?q=entropy",
        "/search?q=entrpy",
        "/search?q=nothingofthis",
        '/search?q="entropy',
        "/paper/arxiv:2603.00200?q=entropy",
        "/paper/arxiv:2603.09999",
        "/plots/sources",
        "/plots/interest",
        "/plots/interest?q=entropy",
        "/archive/nothing",
        "/go/nothing",
    ],
)
async def test_a_page_is_wholly_in_the_language_that_the_browser_asks_for(room: Playground, path: str) -> None:
    html = await asked(room, path)
    assert '<html lang="de">' in html
    assert unsaid(texts_of_page(html), (*KEPT, *PAPERS, "entrpy nothingofthis")) == []


async def test_the_archive_and_its_figures_are_in_the_language_that_the_browser_asks_for(room: Playground) -> None:
    for text in ("set language de", "follow entropy", "digest daily 09:00 Europe/Berlin"):
        await room.say(text)
    await room.tomorrow()
    await room.press(room.posted()[0], "«Like»", room.posted()[0].paper or "")
    await room.say("archive")
    found = re.search(r"/archive/[\w.-]+", room.last().payload)
    assert found
    for path in (found[0], f"{found[0]}/plots"):
        assert unsaid(texts_of_page(await asked(room, path)), (*KEPT, *PAPERS)) == []


async def test_a_feed_is_in_the_language_of_its_owner_whatever_its_reader_asks_for(room: Playground) -> None:
    for text in ("set language de", "follow entropy", "today", "feed"):
        await room.say(text)
    found = re.search(r"/feed/[\w-]+\.atom", room.last().payload)
    assert found
    async with room.visitor.get(found[0], headers={"Accept-Language": "fr"}) as response:
        feed = etree.fromstring(await response.read())
    texts = [text for name in ("title", "summary") for text in feed.iterfind(f".//{{*}}{name}")]
    assert len(texts) > 2
    assert feed.findtext("{*}title") == "Paperround: «your picks»"
    assert unsaid([str(each.text) for each in texts], (*KEPT, *PAPERS)) == []


async def test_the_same_page_is_kept_for_each_language_and_caches_are_told(room: Playground) -> None:
    german = await asked(room, "/")
    async with room.visitor.get("/", headers={"Accept-Language": "en"}) as response:
        english = await response.text()
        assert "Accept-Language" in ", ".join(response.headers.getall("Vary"))
    assert "«" in german
    assert "«" not in english
    assert english == await room.page("/")
    assert german == await asked(room, "/")


async def asked(room: Playground, path: str) -> str:
    async with room.visitor.get(path, headers=ASKING) as response:
        return await response.text()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("de-CH, fr;q=0.9", "de"),
        ("nl, fr;q=0.5, ja;q=0.7", "ja"),
        ("en-GB, de;q=0.9", "en"),
        ("nl, en;q=0.4, es;q=0.3", "en"),
        ("zh-CN", "zh_CN"),
        ("de;q=0, fr", "fr"),
        ("de;q=much, fr;q=0.1", "fr"),
        (",;q=1,,es-419 ; q=0.3", "es"),
        ("x" * 10_000 + ", de", "en"),
    ],
)
def test_of_the_languages_that_a_browser_asks_for_the_best_liked_that_is_spoken_counts(
    header: str, language: str
) -> None:
    assert language_asked(header) == language
