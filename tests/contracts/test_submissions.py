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
