"""Sources that a community adds, and papers that its members bring under a manager's eye."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.announcements import SourceFailed, SourceRefused, SourceState
from bot.answers.asked import Answer
from bot.library import Library
from bot.model import Paper, PaperId
from bot.paperround import Paperround
from bot.replies import FactsReply, NoticeReply, PicksReply, RefusalReply
from storage.sqlite import open_stores
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper, direct_with

MANAGER = a_member("ana", manager=True)
MEMBER = a_member("bo", manager=False)
LAB = a_channel("papers")
LINK = "https://arxiv.org/abs/2603.00001"


class Words:
    """`bot.ports.SourceWords` that knows arXiv alone."""

    def names(self, text: str) -> list[str]:
        named = text.split()
        if wrong := [word for word in named if not word.startswith("arxiv:")]:
            raise SourceRefused(wrong[0], f"The source {wrong[0]} cannot be used.")
        return named

    def next_poll(self, source: str, state: SourceState, now: datetime) -> datetime:
        assert source.startswith("arxiv:")
        return now if state.polled_at is None else state.polled_at + timedelta(hours=1)


class Anthology:
    """`bot.ports.Lookup` of one paper, which its service knows by another name than members paste."""

    async def paper(self, paper: PaperId, now: datetime) -> Paper | None:
        if paper != "acl:2023.acl-long.1":
            raise SourceFailed(f"asked for {paper} at {now}")
        return a_paper(9, id=PaperId("doi:10.18653/v1/2023.acl-long.1"), doi="10.18653/v1/2023.acl-long.1")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[House]:
    with open_stores(tmp_path / "data") as stores:
        house = House(stores)
        house.paperround = Paperround(
            stores, Library(stores.papers), house.clock, {}, source_words=Words(), lookup=Anthology()
        )
        yield house


async def test_a_manager_adds_lists_and_removes_sources_in_a_channel(lab: House) -> None:
    added = await lab.ask("source add arxiv:cs.LG arxiv:cs.CL", MANAGER, LAB)
    assert added.changed
    assert isinstance(added.reply, NoticeReply)
    assert added.reply.text == "Added: arxiv:cs.LG, arxiv:cs.CL"
    again = await lab.ask("source add arxiv:cs.LG", MANAGER, LAB)
    assert not again.changed
    lab.stores.source_states.set(
        "arxiv:cs.LG", SourceState(failing_since=lab.clock.now(), error="it is down", failures=2)
    )
    listed = await lab.ask("source", MEMBER, LAB)
    assert isinstance(listed.reply, FactsReply)
    assert listed.reply.facts == (
        ("1. arxiv:cs.LG", "added 12 March 2026 by ana; failing since 12 March (it is down)"),
        ("2. arxiv:cs.CL", "added 12 March 2026 by ana; not read yet"),
    )
    removed = await lab.ask("source remove 1", MANAGER, LAB)
    assert removed.changed
    assert [found.number for found in lab.stores.community_sources.of("fake", "lab")] == [2]


async def test_a_button_takes_an_added_source_out_again(lab: House) -> None:
    added = await lab.ask("source add arxiv:cs.LG", MANAGER, LAB)
    assert isinstance(added.reply, NoticeReply)
    await lab.press(added.reply.buttons[0].token, MANAGER, LAB)
    assert lab.stores.community_sources.names() == []


async def test_what_a_community_added_is_shown_to_that_community_alone(lab: House) -> None:
    await lab.ask("source add arxiv:cs.LG", MANAGER, LAB)
    other = replace(MANAGER, community="elsewhere")
    theirs = await lab.ask("source list", other, replace(LAB, community="elsewhere"))
    assert "cs.LG" not in str(theirs.reply)
    there = await lab.ask("status", other, replace(LAB, community="elsewhere"))
    assert "cs.LG" not in str(there.reply)
    here = await lab.ask("status", MEMBER, LAB)
    assert isinstance(here.reply, FactsReply)
    assert dict(here.reply.facts)["Source arxiv:cs.LG"] == "not read yet; next now"
    refused = await lab.ask("source remove 1", other, replace(LAB, community="elsewhere"))
    assert isinstance(refused.reply, RefusalReply)
    assert lab.stores.community_sources.names() == ["arxiv:cs.LG"]


@pytest.mark.parametrize("words", ["source add arxiv:cs.LG", "source remove 1", "review"])
async def test_only_a_manager_in_a_channel_may_change_what_concerns_everybody(lab: House, words: str) -> None:
    refused = await lab.ask(words, MEMBER, LAB)
    assert isinstance(refused.reply, RefusalReply)
    elsewhere = await lab.ask(words, MANAGER, direct_with(MANAGER))
    assert isinstance(elsewhere.reply, NoticeReply)
    assert "in a channel that you manage" in elsewhere.reply.text
    assert not elsewhere.changed
    assert lab.stores.community_sources.names() == []


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        ("source add file:/etc/passwd", "file:/etc/passwd"),
        ("source add", "add"),
        ("source remove two", "remove two"),
        ("source remove 7", "7"),
        ("source steal", "steal"),
        ("review approve", "approve"),
    ],
)
async def test_a_wrong_word_is_named_and_nothing_is_changed(lab: House, words: str, piece: str) -> None:
    refused = await lab.ask(words, MANAGER, LAB)
    assert isinstance(refused.reply, RefusalReply)
    assert refused.reply.piece == piece
    assert not refused.changed


async def test_a_community_has_at_most_twenty_sources(lab: House) -> None:
    twenty = " ".join(f"arxiv:cs.{chr(65 + number)}A" for number in range(20))
    assert (await lab.ask(f"source add {twenty}", MANAGER, LAB)).changed
    refused = await lab.ask("source add arxiv:math.CO", MANAGER, LAB)
    assert isinstance(refused.reply, RefusalReply)
    assert len(lab.stores.community_sources.names()) == 20


async def moderated(lab: House) -> None:
    await lab.bring(a_paper(1), a_paper(2))
    assert (await lab.ask("set here submissions moderated", MANAGER, LAB)).changed


async def test_what_is_brought_to_a_moderated_channel_waits_for_a_manager(lab: House) -> None:
    await moderated(lab)
    brought = await lab.ask(f"add {LINK} worth a look", MEMBER, LAB)
    assert isinstance(brought.reply, NoticeReply)
    assert "A manager looks at it first" in brought.reply.lines[0]
    assert lab.stores.submissions.of("fake", "lab", a_paper(1).id) is None
    told = await lab.ask("status", MANAGER, LAB)
    assert ("Brought by members", "1 waits for a manager: say review") in told.reply.facts  # type: ignore[union-attr]
    offered = await lab.ask("review", MANAGER, LAB)
    assert isinstance(offered.reply, NoticeReply)
    assert [shown.label for shown in offered.reply.buttons] == ["Approve", "Decline"]
    assert "They say: worth a look" in offered.reply.lines
    refused = await lab.press(offered.reply.buttons[0].token, MEMBER, LAB)
    assert isinstance(refused.reply, RefusalReply)
    assert (await lab.press(offered.reply.buttons[0].token, MANAGER, LAB)).changed
    found = lab.stores.submissions.of("fake", "lab", a_paper(1).id)
    assert found is not None
    assert (found.member.name, found.note) == ("bo", "worth a look")
    late = await lab.press(offered.reply.buttons[1].token, MANAGER, LAB)
    assert isinstance(late.reply, NoticeReply)
    assert "another manager was quicker" in late.reply.text
    assert lab.stores.submissions.of("fake", "lab", a_paper(1).id) == found


async def test_a_declined_paper_is_nobody_s(lab: House) -> None:
    await moderated(lab)
    await lab.ask(f"add {LINK}", MEMBER, LAB)
    await lab.ask(f"add {LINK.replace('1', '2', 1)[:-1]}2", MEMBER, LAB)
    offered = await lab.ask("review", MANAGER, LAB)
    assert isinstance(offered.reply, NoticeReply)
    declined = await lab.press(offered.reply.buttons[1].token, MANAGER, LAB)
    assert isinstance(declined.reply, NoticeReply)
    assert declined.reply.text.startswith("It was declined")
    assert lab.stores.submissions.of("fake", "lab", a_paper(1).id) is None
    assert (await lab.ask(f"add {LINK}", MEMBER, LAB)).changed


async def test_one_does_not_go_round_a_moderated_channel_in_a_direct_conversation(lab: House) -> None:
    await moderated(lab)
    await lab.ask(f"add {LINK}", MANAGER)
    assert len(lab.stores.submissions.pending("fake", "lab")) == 1
    other = replace(MANAGER, community="elsewhere")
    await lab.ask(f"add {LINK}", other)
    assert lab.stores.submissions.of("fake", "elsewhere", a_paper(1).id) is not None


async def test_a_manager_s_own_paper_needs_no_second_look(lab: House) -> None:
    await moderated(lab)
    await lab.ask(f"add {LINK}", MANAGER, LAB)
    assert lab.stores.submissions.of("fake", "lab", a_paper(1).id) is not None


async def test_a_paper_is_known_by_the_link_that_brought_it_and_by_its_better_name(lab: House) -> None:
    brought = await lab.ask("add https://aclanthology.org/2023.acl-long.1/ a classic", MEMBER, LAB)
    assert isinstance(brought.reply, NoticeReply)
    found = lab.stores.papers.get([PaperId("acl:2023.acl-long.1"), PaperId("doi:10.18653/v1/2023.acl-long.1")])
    assert {paper.id for paper in found.values()} == {"doi:10.18653/v1/2023.acl-long.1"}
    assert len(found) == 2
    similar = await lab.ask("similar https://aclanthology.org/2023.acl-long.1/", MEMBER, LAB)
    assert not isinstance(similar.reply, RefusalReply | PicksReply)


async def test_a_manager_of_a_moderated_channel_hears_once_of_each_paper_that_waits_and_nobody_else_does(
    lab: House,
) -> None:
    await moderated(lab)
    await lab.ask(f"add {LINK}", MEMBER, LAB)
    assert told_of_waiting(await lab.ask("status", MEMBER, LAB)) == ""
    assert told_of_waiting(await lab.ask("status", MANAGER, a_channel("elsewhere"))) == ""
    assert told_of_waiting(await lab.ask("status", MANAGER, LAB)) == "A paper waits for a manager's word: say review"
    assert told_of_waiting(await lab.ask("status", MANAGER, LAB)) == ""
    other = replace(MANAGER, id="cy")
    assert told_of_waiting(await lab.ask("status", other, LAB)) != ""
    await lab.ask(f"add {LINK[:-1]}2", MEMBER, LAB)
    assert told_of_waiting(await lab.ask("status", MANAGER, LAB)).startswith("2 papers wait")
    offered = await lab.ask("review", MANAGER, LAB)
    assert isinstance(offered.reply, NoticeReply)
    assert (await lab.press(offered.reply.buttons[0].token, MANAGER, LAB)).changed


async def test_a_notice_leads_a_manager_to_what_waits_by_a_button(lab: House) -> None:
    await moderated(lab)
    await lab.ask(f"add {LINK}", MEMBER, LAB)
    told = await lab.ask("source list", MANAGER, LAB)
    assert isinstance(told.reply, NoticeReply)
    assert "A paper waits for a manager's word: say review" in told.reply.lines
    offered = await lab.press(told.reply.buttons[-1].token, MANAGER, LAB)
    assert isinstance(offered.reply, NoticeReply)
    assert [shown.label for shown in offered.reply.buttons] == ["Approve", "Decline"]


def told_of_waiting(answer: Answer) -> str:
    """Return what a status says beside its facts."""
    assert isinstance(answer.reply, FactsReply)
    return answer.reply.note
