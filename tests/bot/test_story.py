"""The story of the product, through the facade: interests, a day's picks, verdicts, tomorrow's picks, and undo."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.sources.file import FileSource
from bot.model import PaperId, ReasonKind
from bot.replies import NoticeReply, PicksReply, WhyReply
from tests.bot.conftest import House

BERLIN_NINE = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def seeded(house: House, shared_data: Path) -> House:
    """A store with the seed page's 92 papers, the evening before the first round."""
    house.clock.move_to(datetime(2026, 3, 11, 20, 0, tzinfo=UTC))
    report = await house.paperround.ingest(FileSource(shared_data / "seed" / "huggingface_papers_page.txt"))
    assert (report.read, report.added, report.rejected) == (92, 92, ())
    return house


async def test_the_daily_pick_from_follow_to_undo(seeded: House) -> None:
    house = seeded
    for interest in ("entropy", '"reinforcement learning"'):
        assert (await house.ask(f"follow {interest}")).changed
    answer = await house.ask("digest daily 09:00 Europe/Berlin")
    assert isinstance(answer.reply, NoticeReply)
    assert "Thursday 12 March 2026 at 09:00 (Europe/Berlin)" in answer.reply.lines[0]

    # The first morning: picks that hold the words, each with a reason that is true of it.
    house.clock.move_to(BERLIN_NINE)
    [first] = await house.paperround.deliver_due()
    assert isinstance(first.reply, PicksReply)
    assert len(first.papers) == 5
    for offered in first.reply.offered:
        assert offered.pick.key_sentence in offered.pick.paper.abstract
        assert sum(reason.share for reason in offered.pick.reasons) == pytest.approx(offered.pick.score)
        if offered.pick.stretch:
            assert any(reason.kind is ReasonKind.STRETCH for reason in offered.pick.reasons)
            continue
        said = " ".join(reason.words for reason in offered.pick.reasons if reason.kind is ReasonKind.WORDS).lower()
        text = f"{offered.pick.paper.title} {offered.pick.paper.abstract}".lower()
        assert ("entrop" in said and "entrop" in text) or ("reinforcement" in said and "reinforcement" in text)

    # What tomorrow would bring without any verdict, in the same store.
    house.clock.move(DAY)
    [untaught] = await house.paperround.what_is_due()
    house.clock.move(-DAY)

    # Numbers mean the posted list; a like and a dislike move tomorrow's picks.
    entropic = next(n for n, paper in enumerate(first.papers, 1) if "entrop" in title_of(house, paper).lower())
    other = 1 if entropic != 1 else 2
    assert (await house.ask(f"like {entropic}")).changed
    assert (await house.ask(f"dislike {other}")).changed
    house.clock.move(DAY)
    [taught] = await house.paperround.what_is_due()
    assert taught.papers != untaught.papers

    # Taking both back restores exactly what there was before.
    assert (await house.ask("undo")).changed
    assert (await house.ask("undo")).changed
    [restored] = await house.paperround.what_is_due()
    assert restored.papers == untaught.papers

    # Three mornings: nothing is ever picked twice.
    picked = list(first.papers)
    for _ in range(3):
        picked += [paper for report in await house.paperround.deliver_due() for paper in report.papers]
        house.clock.move(DAY)
    assert len(picked) == len(set(picked)) == 20


async def test_why_tells_the_causes_of_a_pick_and_of_a_paper_that_was_not_picked(seeded: House) -> None:
    await seeded.ask("follow entropy")
    today = await seeded.ask("today")
    assert isinstance(today.reply, PicksReply)
    picked = await seeded.ask("why 1")
    assert isinstance(picked.reply, WhyReply)
    assert picked.reply.shown
    assert any("entropy" in line for line in picked.reply.lines)
    shown = {offered.pick.paper.id for offered in today.reply.offered}
    other = next(paper for paper in seeded.stores.papers.all() if paper.id not in shown)
    left_out = await seeded.ask(f"why {other.title}")
    assert isinstance(left_out.reply, WhyReply)
    assert not left_out.reply.shown
    assert any("bar" in line or "ranks" in line for line in left_out.reply.lines)


async def test_asking_again_shows_the_same_picks_and_a_new_interest_other_ones(seeded: House) -> None:
    await seeded.ask("follow entropy")
    once = papers_of(await seeded.ask("today"))
    assert papers_of(await seeded.ask("today")) == once
    await seeded.ask("follow robot manipulation")
    assert papers_of(await seeded.ask("today")) != once


async def test_a_profile_without_interests_gets_what_is_trending_and_a_line_on_following(seeded: House) -> None:
    answer = await seeded.ask("today", channel=seeded.papers)
    assert isinstance(answer.reply, PicksReply)
    assert len(answer.reply.offered) == 5
    assert "follow here" in answer.reply.notes[0]


def papers_of(answer: object) -> list[PaperId]:
    reply = getattr(answer, "reply", None)
    assert isinstance(reply, PicksReply)
    return [offered.pick.paper.id for offered in reply.offered]


def title_of(house: House, paper: PaperId) -> str:
    return house.stores.papers.get([paper])[paper].title
