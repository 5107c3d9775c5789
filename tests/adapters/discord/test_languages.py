"""Discord in another language: no word of this edge's own stays English."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord.conversation import closed_in_words
from adapters.discord.forms import InterestsForm
from adapters.discord.links import LINKS_SEEN, SEEN
from adapters.discord.refusals import GONE, verdict_on
from adapters.discord.render import answered, posted
from adapters.discord.servers import DELETED, LOST, REMOVED
from adapters.discord.talk import failed
from adapters.discord.watch import TOO_MANY, Attempts
from bot.catalogues import LANGUAGES
from bot.interruptions import cause_in_words
from bot.preferences import PREFERENCES
from bot.replies import Reply, kind_of
from bot.words import say, spoken
from tests.adapters.discord.conftest import ANA, BO, SUBJECTS, Lab
from tests.said import MARKED_REPLIES, texts_under, unsaid
from tests.wire.discord.payloads import refusals

# Addresses of links, and the marker of a posted message.
UNREAD = re.compile(r"\]\(https?://[^)]*\)|pr-[0-9a-f]{20}")
# What is typed stays as everybody types it, and so do the names of settings.
TYPED = ("/papers", *(word for each in PREFERENCES for word in (each.name, *each.choices)))
# What titles, abstracts and authors of the stored papers are made of.
PAPERS = (*SUBJECTS, "On, part", "We study in setting. It is measured with care.", "A. Author, B. Writer")
# Beside what a message says.
UPLOADED = ("file", "picture")
SHOWN = ("content", "title", "description", "label", "text")

pytestmark = pytest.mark.usefixtures("language")


def texts_of(found: object) -> Iterator[str]:
    """Yield each text of messages, at whatever depth, without addresses and what hides markup."""
    return (UNREAD.sub(" ", text.replace("\\", "")) for text in texts_under(found, SHOWN, besides=UPLOADED))


def an_answer(status: int, code: int = 0, text: str = "") -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers={})
    return discord.HTTPException(response, {"code": code, "message": text})


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("reply", MARKED_REPLIES, ids=kind_of)
def test_each_reply_is_answered_wholly_in_the_language(reply: Reply) -> None:
    messages = [*answered(reply), *(message for message, _ in posted(reply))]
    assert unsaid(texts_of(messages), TYPED) == []
    sent = [{key: value for key, value in each.items() if key not in UPLOADED} for each in messages]
    assert [refusals(each) for each in sent] == [[] for _ in messages]


@pytest.mark.usefixtures("speaking")
def test_what_the_edge_says_by_itself_is_in_the_language() -> None:
    causes = (*GONE.values(), REMOVED, DELETED, LOST, TOO_MANY)
    told = [*map(cause_in_words, causes), *map(say, (*SEEN.values(), *LINKS_SEEN.values())), failed().why]
    assert unsaid(told) == []
    for cause in causes:
        notice = closed_in_words(cause)
        assert unsaid([notice.text, *notice.lines]) == []


@pytest.mark.usefixtures("speaking")
async def test_the_form_of_interests_is_in_the_language() -> None:
    for whose in ("me", "here"):
        form = InterestsForm(whose, "", no_one)
        assert unsaid(texts_of(form.to_dict()), ["placeholder"]) == []
        assert form.title.startswith("«")


@pytest.mark.parametrize("each", LANGUAGES)
async def test_the_form_of_interests_is_short_enough_in_every_language(each: str) -> None:
    with spoken(each):
        for whose, title in (("me", say("Your interests")), ("here", say("Interests of this channel"))):
            form = InterestsForm(whose, "", no_one)
            assert (form.title, form.lines.to_component_dict()["label"]) == (title, say("One a line; mute … hides"))


async def no_one(*_: object) -> None:
    """Take a form that nobody sends."""


async def test_a_member_is_answered_in_the_language_of_their_discord(lab: Lab) -> None:
    members = lab.fake.members
    members.locale = "de"
    found = await members.command(lab.place, ANA, "search", query="entropy")
    # The picks may take several messages; the last of them carries this button.
    await lab.fake.eventually(lambda: "«Post to channel»" in found.buttons())
    assert unsaid(texts_of(found.messages), PAPERS) == []


async def test_the_edge_refuses_in_the_language_of_the_member(lab: Lab) -> None:
    members = lab.fake.members
    members.locale = "de"
    await members.command(lab.place, BO, "follow", manager=True, interest="entropy", for_="here")
    shown = await members.command(lab.place, BO, "interests", for_="here")
    refused = await members.press(lab.place, BO, shown.buttons()["«Edit»"])
    assert refused.text.startswith("«Only someone who manages this channel may edit its interests.»")
    form = await members.press(lab.place, BO, shown.buttons()["«Edit»"], manager=True)
    assert (form.first or {})["data"]["title"] == "«Interests of this channel»"
    silent = lab.fake.world.add_message(lab.place, {"content": ""}, author=BO)
    assert "`«message»`" in (await members.menu(lab.place, BO, silent)).text


async def test_a_form_whose_list_takes_too_long_is_refused_without_waiting_for_the_store(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = lab.fake.members
    members.locale = "de"
    await members.command(lab.place, ANA, "follow", interest="entropy")
    shown = await members.command(lab.place, ANA, "interests")
    monkeypatch.setattr("adapters.discord.conversation.FORM_WAIT_S", 0.1)
    threads, answers = ThreadPoolExecutor(1), Event()
    asyncio.get_running_loop().set_default_executor(threads)
    threads.submit(answers.wait)
    try:
        refused = await members.press(lab.place, ANA, shown.buttons()["«Edit»"])
    finally:
        answers.set()
    assert "«The list took too long; please press again.»" in refused.text
    assert "`«Edit»`" in refused.text


async def test_a_round_is_posted_in_the_language_of_the_channel(lab: Lab) -> None:
    for text in ("set here language de", "follow here entropy"):
        await lab.paperround.answer(text, lab.member(), lab.channel, text)
    await lab.digest()
    await lab.round()
    posts = [message for place in lab.fake.world.channels.values() for message in place.messages.values()]
    assert len(posts) > 1
    assert unsaid(texts_of(posts), (*PAPERS, "papers")) == []
    (thread,) = [each for each in lab.fake.world.channels.values() if each.parent == lab.place.id]
    assert thread.name == "«Papers»"


async def test_a_round_that_was_written_by_an_earlier_release_gets_its_thread_too(lab: Lab) -> None:
    await lab.digest()
    await lab.round()
    assert not [post for post in lab.fake.posts() if "thread" in post.body]
    (thread,) = [each for each in lab.fake.world.channels.values() if each.parent == lab.place.id]
    assert thread.name == "Papers"


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize(
    ("error", "others"),
    [
        (discord.RateLimited(3.0), ""),
        (an_answer(401), ""),
        (an_answer(429), ""),
        (an_answer(503), ""),
        *((an_answer(403, code), "") for code in GONE),
        (an_answer(400, 50035, "Invalid Form Body"), "Invalid Form Body"),
        (aiohttp.ServerDisconnectedError(), "ServerDisconnectedError"),
        (OSError("down"), "OSError"),
    ],
)
def test_whatever_goes_wrong_with_a_post_is_told_in_the_language(error: Exception, others: str) -> None:
    lost = Attempts()
    lost.open = 1
    for attempts, known in ((Attempts(), others), (lost, type(error).__name__)):
        assert unsaid([cause_in_words(str(verdict_on(error, attempts)))], [known]) == []
