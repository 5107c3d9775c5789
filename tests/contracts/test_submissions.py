"""What every `bot.ports.Submissions` keeps."""

from datetime import timedelta

from bot.model import PaperId
from bot.ports import Stores, Submission
from tests.builders import MORNING, a_member

PAPER = PaperId("arxiv:1706.03762")


def test_a_paper_is_brought_once_to_a_community(stores: Stores) -> None:
    first = Submission(a_member("ana"), PAPER, "a classic", MORNING)
    assert stores.submissions.add(first)
    assert not stores.submissions.add(Submission(a_member("bo"), PAPER, "me too", MORNING))
    assert stores.submissions.of("fake", "lab", PAPER) == first
    assert stores.submissions.add(Submission(a_member("zoe", community="elsewhere"), PAPER, "", MORNING))


def test_what_was_brought_is_told_to_its_own_community_newest_first(stores: Stores) -> None:
    stores.submissions.add(Submission(a_member("ana"), PAPER, "", MORNING))
    stores.submissions.add(Submission(a_member("ana"), PaperId("doi:10.1000/x"), "", MORNING + timedelta(days=1)))
    assert [found.paper for found in stores.submissions.since("fake", "lab", MORNING)] == ["doi:10.1000/x", PAPER]
    assert len(stores.submissions.since("fake", "lab", MORNING + timedelta(hours=1))) == 1
    assert stores.submissions.since("fake", "elsewhere", MORNING) == []
    assert stores.submissions.of("fake", "elsewhere", PAPER) is None


def test_what_is_pending_is_nobody_s_until_it_is_accepted(stores: Stores) -> None:
    waiting = Submission(a_member("ana"), PAPER, "a classic", MORNING, pending=True)
    assert stores.submissions.add(waiting)
    assert not stores.submissions.add(waiting)
    assert stores.submissions.since("fake", "lab", MORNING) == []
    assert stores.submissions.of("fake", "lab", PAPER) is None
    assert stores.submissions.pending("fake", "lab") == [waiting]
    assert stores.submissions.pending("fake", "elsewhere") == []
    assert stores.submissions.decide("fake", "elsewhere", PAPER, accept=True) is None
    assert stores.submissions.decide("fake", "lab", PAPER, accept=True) == waiting
    found = stores.submissions.of("fake", "lab", PAPER)
    assert found is not None
    assert not found.pending
    assert stores.submissions.decide("fake", "lab", PAPER, accept=False) is None
    assert stores.submissions.since("fake", "lab", MORNING) == [found]


def test_what_is_declined_is_as_if_it_had_never_been_brought(stores: Stores) -> None:
    waiting = Submission(a_member("ana"), PAPER, "", MORNING, pending=True)
    stores.submissions.add(waiting)
    assert stores.submissions.decide("fake", "lab", PAPER, accept=False) == waiting
    assert stores.submissions.pending("fake", "lab") == []
    assert stores.submissions.add(waiting)
