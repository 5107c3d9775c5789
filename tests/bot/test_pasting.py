"""Messages of people as questions: papers like one, and what is said of links that they paste."""

from datetime import timedelta

import pytest

from bot.answers.asked import Answer
from bot.model import Verdict
from bot.replies import NothingReply, NoticeReply, PicksReply
from tests.bot.conftest import House
from tests.builders import a_paper, direct_with

ENTROPY = a_paper(1, "Entropy of small machines", "We measure entropy in small machines that forget.")
ROBOTS = a_paper(2, "Robots that grasp", "A robot learns to grasp cups. Grasping by robots works.")
MACHINES = a_paper(3, "Machines that forget", "Small machines forget; the entropy tells how much.")
ELSEWHERE = "https://arxiv.org/abs/2001.99999"


@pytest.fixture
async def stocked(house: House) -> House:
    await house.bring(ENTROPY, ROBOTS, MACHINES)
    return house


async def pasted(house: House, text: str) -> Answer | None:
    return await house.paperround.linked(text, house.ana, house.papers, house.event())


def shown(answer: Answer | None) -> list[str]:
    assert answer is not None
    assert isinstance(answer.reply, PicksReply)
    return [offered.pick.paper.id for offered in answer.reply.offered]


async def like(house: House, text: str) -> Answer:
    return await house.paperround.like_text(text, house.ana, house.papers)


async def test_papers_like_a_message_share_its_subject(stocked: House) -> None:
    answer = await like(stocked, "has anybody an idea how robots should grasp these cups?")
    assert shown(answer) == [ROBOTS.id]
    assert not answer.changed


async def test_papers_like_a_message_with_a_link_are_the_neighbours_of_that_paper(stocked: House) -> None:
    answer = await like(stocked, f"robots robots robots, but see {ENTROPY.url} first")
    assert shown(answer)[0] == MACHINES.id
    assert ENTROPY.id not in shown(answer)


async def test_a_message_that_no_paper_is_like_is_answered_with_why(stocked: House) -> None:
    answer = await like(stocked, f"lunch at noon? {ELSEWHERE}")
    assert isinstance(answer.reply, NothingReply)
    assert answer.reply.why == (
        "It links arxiv:2001.99999, which is not stored here. Say add <link> to bring it.",
        "3 papers are stored; none shares enough words with it.",
    )


async def test_numbers_mean_the_papers_like_a_message_afterwards(stocked: House) -> None:
    await like(stocked, "robots that grasp")
    await stocked.ask("like 1", channel=stocked.papers)
    assert [(act.paper, act.verdict) for act in stocked.stores.feedback.of_member(stocked.ana)] == [
        (ROBOTS.id, Verdict.LIKE)
    ]


async def test_a_message_of_forty_thousand_characters_is_read_as_far_as_an_abstract_goes(stocked: House) -> None:
    answer = await like(stocked, "robots grasp " * 4000)
    assert shown(answer) == [ROBOTS.id]


async def test_pasted_links_are_answered_only_where_a_channel_chose_so(stocked: House) -> None:
    assert await pasted(stocked, ENTROPY.url) is None
    await stocked.ask("set here links on", channel=stocked.papers)
    answer = await pasted(stocked, f"look: {ENTROPY.url}")
    assert shown(answer) == [ENTROPY.id]
    assert answer is not None
    assert isinstance(answer.reply, PicksReply)
    assert [each.label for each in answer.reply.offered[0].buttons] == ["Save", "Why"]
    await stocked.ask("set here links off", channel=stocked.papers)
    assert await pasted(stocked, ROBOTS.url) is None


async def test_nothing_is_said_of_links_in_a_conversation_with_the_bot_or_without_a_link(stocked: House) -> None:
    await stocked.ask("set here links on", channel=stocked.papers)
    assert await stocked.paperround.linked(ENTROPY.url, stocked.ana, direct_with(stocked.ana), "e1") is None
    assert await pasted(stocked, "entropy of small machines") is None


async def test_a_paper_is_answered_once_a_day_in_a_channel(stocked: House) -> None:
    await stocked.ask("set here links on", channel=stocked.papers)
    assert shown(await pasted(stocked, ENTROPY.url)) == [ENTROPY.id]
    assert await pasted(stocked, ENTROPY.url) is None
    assert shown(await pasted(stocked, f"{ENTROPY.url} {ROBOTS.url}")) == [ROBOTS.id]
    stocked.clock.move(timedelta(days=1))
    assert shown(await pasted(stocked, ENTROPY.url)) == [ENTROPY.id]


async def test_a_flood_of_links_is_answered_six_times_an_hour(stocked: House) -> None:
    more = [a_paper(number, f"Study {number} of tides", "Tides.") for number in range(10, 20)]
    await stocked.bring(*more)
    await stocked.ask("set here links on", channel=stocked.papers)
    answers = [await pasted(stocked, paper.url) for paper in more]
    assert [answer is not None for answer in answers] == [True] * 6 + [False] * 4
    stocked.clock.move(timedelta(hours=1))
    assert len(shown(await pasted(stocked, " ".join(paper.url for paper in more)))) == 3


async def test_a_pasted_paper_that_is_not_stored_can_be_brought_by_a_button(stocked: House) -> None:
    await stocked.ask("set here links on", channel=stocked.papers)
    answer = await pasted(stocked, f"look {ELSEWHERE}")
    assert answer is not None
    assert isinstance(answer.reply, NoticeReply)
    assert [(each.label, each.token) for each in answer.reply.buttons] == [("Add it", "1:say:add arxiv:2001.99999")]


async def test_saving_a_pasted_paper_teaches_like_any_other(stocked: House) -> None:
    await stocked.ask("set here links on", channel=stocked.papers)
    answer = await pasted(stocked, ENTROPY.url)
    assert answer is not None
    assert isinstance(answer.reply, PicksReply)
    said = await stocked.press(answer.reply.offered[0].buttons[0].token, channel=stocked.papers)
    assert said.changed
    assert stocked.stores.saves.of(stocked.ana) == [ENTROPY.id]
