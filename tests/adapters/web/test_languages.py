"""Pages and the playground's messages in another language: nothing of them but names and papers stays English."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.readers import language_asked
from adapters.web.history import Author, Message
from adapters.web.places import PLACES
from adapters.web.render import message_html
from bot.model import MessageId
from bot.replies import Reply, kind_of
from bot.words import spoken
from tests.adapters.web.conftest import SUBJECTS, Playground
from tests.said import MARKED_REPLIES, texts_of_page, unsaid

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
# What is the same in every language beside what always is.
KEPT = ("list", "entropy language models survey", "ECE", "Brier", "reading-list.bib")
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
        html = message_html(said, ZoneInfo("UTC"))
        assert ' lang="de"' in html
        assert unsaid(texts_of_page(html), KEPT) == []


async def test_a_command_is_answered_in_the_language_that_the_visitor_chose(room: Playground) -> None:
    await room.say("set language de")
    await room.say("search entropy")
    html = await room.fragment(room.last())
    assert unsaid(texts_of_page(html), (*KEPT, *PAPERS)) == []
    assert '<html lang="en">' in await room.page(), "the playground around it is English"


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
