"""Every command is asked and every button pressed in a language whose texts are marked: no other word is shown."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta

import pytest

from bot import catalogues
from bot.announcements import SourceState
from bot.answers.table import ANSWERS
from bot.model import Channel, Member
from bot.ports import ChannelGone
from bot.replies import Button, Reply
from tests.bot.conftest import House
from tests.builders import MORNING, a_channel, a_member, a_paper, direct_with
from tests.wrapped import known_words, unwrapped_of, wrapped_catalogue

ANA = replace(a_member("ana"), language="de-DE")
BEN = replace(a_member("ben", manager=False), language="de-DE")
LAB = a_channel("papers")
TITLES = ["Sparse retrieval at scale", "Steel bridges in wind", "Entropy of long texts", "Sparse wind"]
ABSTRACTS = ["Sparse retrieval finds texts.", "Steel sways.", "Entropy is measured.", "Sparse steel, strong wind."]
KNOWN = known_words(
    *TITLES,
    *ABSTRACTS,
    "arxiv arXiv doi org https http example Europe/Berlin UTC PAPERROUND_PUBLIC_URL SMTP_URL MAIL_FROM",
    "zone locale here everybody cat LG like new undo name page bib sprase vote",
    "ana ben papers sparse retrieval entropy wind zzzz qqqq steel bridges BibTeX RIS CSV JSON foo nowhere fake",
)
ASKED = """
help
help follow
help qqqq
qqqq
today qqqq
status
quality
interests
interests here
follow sparse retrieval
follow sparse retrieval
follow "sparse retrieval" OR (wind AND +steel) -entropy author:bengio cat:cs.LG like:2301.00001 zzzz*
follow here entropy
follow
follow (
follow +
mute entropy
mute here wind
mute entropy
unfollow 99
unfollow here 99
unfollow entropy
interests
interests here
preview sparse
preview zzzz
preview +zzzz
today
search sparse
search sprase
search zzzz
search zzzz since:7d
search sparse page:9
search sparse since:foo
search sparse since:2026-02-31
search sparse sort:foo
search sparse page:99
similar 1
similar 99
similar qqqq
similar arxiv:2603.99999
trending
trending day
trending month
trending qqqq
like 1
like 1
save 1
dislike 1
dislike 2
feedback
why 1
why 2
why arxiv:2603.00004
saved
saved bibtex
saved qqqq
undo
undo
undo
undo
undo
undo
feedback
feedback reset
add foo
add https://arxiv.org/abs/2603.00002 nowhere
add https://arxiv.org/abs/2603.00002
source
source list
source qqqq
source add arxiv:cs.CL
source remove 7
review
review qqqq
digest
digest here
digest off
digest daily 09:00
digest here weekly mon 09:00 Europe/Berlin count 3 skip-empty
digest
digest here
digest weekdays
digest qqqq
digest daily 25:00
digest daily daily
digest count 99
digest weekly
digest now
digest here now
digest off
digest here off
mail
mail here
mail foo
mail ana@example.org
mail off
mail here off
mail here off everybody
set
set here
set votes quiet
set votes quiet
set here layout thread
set here layout thread
set qqqq on
set here qqqq on
set votes qqqq
set zone
set zone qqqq
set zone Europe/Berlin
set zone Europe/Berlin
set also dm
set here club fri
archive
archive revoke
feed
feed here
token
token revoke
mydata
forgetme
status
""".strip().splitlines()


@pytest.fixture(autouse=True)
def german_is_wrapped() -> Iterator[None]:
    with catalogues.instead("de", wrapped_catalogue()):
        yield


@pytest.fixture
async def lab(house: House) -> House:
    await house.bring(
        *(
            a_paper(number, title, abstract, upvotes=number * 40, keywords=("entropy",))
            for number, (title, abstract) in enumerate(zip(TITLES, ABSTRACTS, strict=True), start=1)
        )
    )
    return house


def buttons_of(shown: object) -> Iterator[Button]:
    if isinstance(shown, Button):
        yield shown
    elif isinstance(shown, tuple):
        for each in shown:
            yield from buttons_of(each)
    elif is_dataclass(shown):
        for field in fields(shown):
            yield from buttons_of(getattr(shown, field.name))


async def asked(lab: House, text: str, member: Member, channel: Channel) -> list[tuple[str, Reply]]:
    answer = await lab.ask(text, member, channel)
    assert answer.language == "de", text
    return [(text, answer.reply)]


async def test_every_command_is_among_those_asked() -> None:
    assert {text.partition(" ")[0] for text in ASKED} >= ANSWERS.keys()


@pytest.mark.parametrize(
    ("member", "place"),
    [(ANA, direct_with(ANA)), (ANA, LAB), (BEN, LAB)],
    ids=["alone", "manager in a channel", "member in a channel"],
)
async def test_no_word_of_an_answer_comes_from_outside_the_catalogue(
    lab: House, member: Member, place: Channel
) -> None:
    replies = [each for text in ASKED for each in await asked(lab, text, member, place)]
    assert unsaid(replies) == {}


async def test_no_word_that_a_button_answers_comes_from_outside_the_catalogue(lab: House) -> None:
    first = [
        each
        for text in (
            "follow sparse",
            "digest daily 09:00",
            "set here submissions moderated",
            "today",
            "search sparse",
            "interests",
            "trending",
            "set votes quiet",
            "mute wind",
            "help qqqq",
            "feedback reset",
            "forgetme",
        )
        for each in await asked(lab, text, ANA, LAB)
    ]
    await lab.ask("add https://arxiv.org/abs/2603.00003 nowhere", BEN, LAB)
    first += await asked(lab, "status", ANA, LAB)
    first += await asked(lab, "review", ANA, LAB)
    replies = list(first)
    pressed: set[str] = set()
    waiting = [button.token for _, reply in first for button in buttons_of(reply)]
    while waiting:
        token = waiting.pop(0)
        if token not in pressed:
            pressed.add(token)
            answer = await lab.press(token, ANA, LAB)
            replies.append((token, answer.reply))
            waiting += [button.token for button in buttons_of(answer.reply)]
    answers = [await lab.press(token, ANA, LAB) for token in ("0:older:button", "1:like:arxiv:2603.99999")]
    answers += [await lab.press("1:vote:arxiv:2603.00001", ANA, place) for place in (LAB, direct_with(ANA))]
    replies += [(f"press {number}", answer.reply) for number, answer in enumerate(answers)]
    assert {token.split(":")[1] for token in pressed} >= {"like", "nfm", "topic", "save", "more", "why", "undo", "say"}
    assert unsaid(replies) == {}


async def test_what_is_refused_before_it_is_answered_is_said_in_the_members_language(lab: House) -> None:
    stranger = replace(ANA, manager=False)
    asks = ("follow here wind", "source add arxiv:cs.CL", "review", "archive revoke", "digest here off")
    replies = [each for text in asks for each in await asked(lab, text, stranger, LAB)]
    assert unsaid(replies) == {}


async def test_status_tells_of_sources_in_the_members_language(lab: House) -> None:
    lab.stores.source_states.set("arxiv", SourceState(succeeded_at=MORNING, failing_since=MORNING, failures=2))
    assert unsaid(await asked(lab, "status", ANA, LAB)) == {}


async def test_what_is_posted_to_a_channel_speaks_the_channels_language(lab: House) -> None:
    await lab.ask("set here language de", ANA, LAB)
    await lab.ask("follow here sparse", ANA, LAB)
    await lab.ask("digest here daily 09:00 UTC", ANA, LAB)
    lab.clock.move_to(MORNING + timedelta(hours=1))
    (report,) = await lab.paperround.deliver_due()
    assert report.reply is not None
    assert unsaid([("digest", report.reply)]) == {}
    posted = [each for each in lab.messenger.posted if each.channel == LAB]
    shown = await lab.paperround.shown_again(LAB, posted[-1].message)
    assert shown is not None
    assert unsaid([("again", shown)]) == {}


async def test_a_channel_speaks_english_to_all_until_it_chose_and_its_members_their_own(lab: House) -> None:
    await lab.ask("digest here daily 09:00 UTC", ANA, LAB)
    lab.clock.move_to(MORNING + timedelta(hours=1))
    (report,) = await lab.paperround.deliver_due()
    assert report.reply is not None
    assert "«" not in repr(report.reply)
    replies = [each for text in ("today", "why 1") for each in await asked(lab, text, ANA, LAB)]
    assert unsaid(replies) == {}


async def test_the_journal_club_and_news_of_a_pick_speak_the_channels_language(lab: House) -> None:
    for text in ("set here language de", "set here club fri", "follow here sparse", "digest here daily 09:00 UTC"):
        await lab.ask(text, ANA, LAB)
    lab.clock.move_to(MORNING + timedelta(hours=1))
    await lab.paperround.deliver_due()
    await lab.press("1:like:arxiv:2603.00001", BEN, LAB)
    await lab.bring(a_paper(1, TITLES[0], ABSTRACTS[0], upvotes=40, withdrawn=True), a_paper(4, TITLES[3], version=2))
    await lab.press("1:like:arxiv:2603.00004", BEN, LAB)
    lab.clock.move(timedelta(days=1))
    await lab.paperround.deliver_due()
    posted = said_in(lab, LAB)
    for wanted in ("journal club: what shall we read next?»", "«Withdrawn by its authors: »", "«New version (v»"):
        assert any(wanted in text for text in posted), (wanted, posted)


async def test_who_set_a_round_is_told_in_their_language_that_it_stopped(lab: House) -> None:
    await lab.ask("digest here daily 09:00 UTC", ANA, LAB)
    lab.messenger.before = shut
    lab.clock.move_to(MORNING + timedelta(hours=1))
    await lab.paperround.deliver_due()
    told = said_in(lab, direct_with(ANA))
    assert any("«The paper round for »#papers« has stopped: »" in text for text in told), told


def shut(channel: Channel) -> None:
    if channel == LAB:
        raise ChannelGone("is_archived")


def said_in(lab: House, channel: Channel) -> list[str]:
    return [json.loads(each.payload).get("text", "") for each in lab.messenger.posted if each.channel == channel]


def unsaid(replies: list[tuple[str, Reply]]) -> dict[str, dict[str, list[str]]]:
    found = {text: unwrapped_of(reply, KNOWN) for text, reply in replies}
    return {text: words for text, words in found.items() if words}
