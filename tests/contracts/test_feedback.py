"""What every `bot.ports.FeedbackLog` keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.identity import title_id
from bot.model import Because, Feedback, PaperId, Verdict
from bot.ports import Stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.contracts.conftest import Opener

ANA = a_member("ana")
BEN = a_member("ben")
LAB = a_channel("lab")
PAPER = a_paper().id


def an_act(event: str = "e1", **facts: object) -> Feedback:
    act = {"member": ANA, "channel": LAB, "paper": PAPER, "verdict": Verdict.LIKE, "at": MORNING}
    return Feedback(event, **{**act, **facts})  # type: ignore[arg-type]  # the names are those of Feedback's fields


def an_undo(of: str, event: str = "u1", **facts: object) -> Feedback:
    return an_act(event, paper=None, verdict=Verdict.UNDO, undoes=of, **facts)


def test_an_act_comes_back_as_it_was(stores: Stores) -> None:
    act = an_act(verdict=Verdict.NOT_FOR_ME)
    assert stores.feedback.record(act)
    assert stores.feedback.of_member(ANA) == [act]


@pytest.mark.parametrize("because", [None, *Because])
def test_a_reason_why_not_comes_back_with_its_verdict(stores: Stores, because: Because | None) -> None:
    act = an_act(verdict=Verdict.NOT_FOR_ME, because=because)
    assert stores.feedback.record(act)
    assert stores.feedback.of_member(ANA) == stores.feedback.in_channel(LAB) == stores.feedback.since(MORNING) == [act]


def test_a_click_is_an_act_like_others_and_stands_beside_a_verdict(stores: Stores) -> None:
    acts = [an_act("e1", verdict=Verdict.CLICK), an_act("e2"), an_act("e3", verdict=Verdict.CLICK, channel=None)]
    assert [stores.feedback.record(act) for act in acts] == [True, True, True]
    assert stores.feedback.of_member(ANA) == acts
    assert not stores.feedback.record(an_act("e1", verdict=Verdict.CLICK))
    assert stores.feedback.of_paper(PAPER, ANA.community, ANA.platform) == acts


def test_the_same_event_counts_once(stores: Stores) -> None:
    assert stores.feedback.record(an_act())
    assert not stores.feedback.record(an_act(verdict=Verdict.DISLIKE))
    assert [act.verdict for act in stores.feedback.of_member(ANA)] == [Verdict.LIKE]


def test_many_acts_are_kept_at_once_and_each_event_counts_once(stores: Stores) -> None:
    stores.feedback.record(an_act("e1"))
    assert stores.feedback.record_all([an_act("e1"), an_act("e2"), an_act("e3"), an_act("e2")]) == 2
    assert [act.event for act in stores.feedback.of_member(ANA)] == ["e1", "e2", "e3"]
    assert stores.feedback.record_all([]) == 0


def test_of_many_acts_all_are_kept_or_none(stores: Stores) -> None:
    with pytest.raises(ValueError, match="time zone"):
        stores.feedback.record_all([an_act("e1"), an_act("e2", at=MORNING.replace(tzinfo=None))])
    assert stores.feedback.of_member(ANA) == []


def test_an_event_delivered_many_times_at_once_counts_once(open_more: Opener) -> None:
    handles = [open_more() for _ in range(3)]
    with ThreadPoolExecutor(12) as threads:
        recorded = list(threads.map(lambda number: handles[number % 3].feedback.record(an_act()), range(60)))
    assert recorded.count(True) == 1
    assert len(handles[0].feedback.of_member(ANA)) == 1


def test_events_of_two_platforms_with_one_number_are_two_events(stores: Stores) -> None:
    assert stores.feedback.record(an_act())
    assert stores.feedback.record(an_act(member=a_member("ana", platform="other")))


def test_acts_come_oldest_first_with_their_undos(stores: Stores) -> None:
    acts = [an_act("e1"), an_act("e2", verdict=Verdict.SAVE), an_undo("e1", "u1"), an_act("e3", channel=None)]
    for act in acts:
        stores.feedback.record(act)
    assert stores.feedback.of_member(ANA) == acts
    assert stores.feedback.in_channel(LAB) == acts[:3]


def test_an_undo_said_elsewhere_belongs_to_the_channel_of_its_act(stores: Stores) -> None:
    stores.feedback.record(an_act("e1"))
    stores.feedback.record(an_undo("e1", "u1", channel=None))
    assert [act.event for act in stores.feedback.in_channel(LAB)] == ["e1", "u1"]


def test_acts_on_one_paper_are_those_of_the_community_with_their_undos(stores: Stores) -> None:
    stranger = a_member("ana", community="elsewhere")
    acts = [
        an_act("e1"),
        an_act("e2", member=BEN),
        an_act("e3", paper=PaperId("arxiv:0704.0001")),
        an_act("e4", member=stranger),
        an_undo("e2", "u2", member=BEN),
        an_undo("e3", "u3"),
    ]
    for act in acts:
        stores.feedback.record(act)
    assert [act.event for act in stores.feedback.of_paper(PAPER, "lab", "fake")] == ["e1", "e2", "u2"]


def test_acts_on_a_paper_that_got_another_id_are_acts_on_that_paper(stores: Stores) -> None:
    title = "The thermodynamics of forgetting in small machines"
    known = a_paper(1, title=title, id=title_id(title), source="file")
    stores.papers.upsert([known, a_paper(2, title=title)], MORNING)
    stores.feedback.record(an_act("e1", paper=known.id))
    stores.feedback.record(an_act("e2", paper=a_paper(2).id, member=BEN))
    for asked in (known.id, a_paper(2).id):
        acts = stores.feedback.of_paper(asked, "lab", "fake")
        assert [(act.event, act.paper) for act in acts] == [("e1", known.id), ("e2", known.id)]
    assert stores.feedback.of_member(BEN)[0].paper == known.id


def test_acts_since_an_instant_are_everybodys_oldest_first(stores: Stores) -> None:
    stores.feedback.record(an_act("e2", at=MORNING + timedelta(hours=2)))
    stores.feedback.record(an_act("e1", at=MORNING + timedelta(hours=1), member=BEN))
    stores.feedback.record(an_act("e0", at=MORNING - timedelta(hours=1)))
    assert [act.event for act in stores.feedback.since(MORNING)] == ["e1", "e2"]


def test_a_recorded_act_is_there_for_every_other_handle(open_more: Opener) -> None:
    here, there = open_more(), open_more()
    here.feedback.record(an_act())
    assert there.feedback.of_member(ANA) == [an_act()]


def test_an_instant_without_a_time_zone_is_refused(stores: Stores) -> None:
    with pytest.raises(ValueError, match="time zone"):
        stores.feedback.record(an_act(at=MORNING.replace(tzinfo=None)))
    with pytest.raises(ValueError, match="time zone"):
        stores.feedback.since(MORNING.replace(tzinfo=None))
