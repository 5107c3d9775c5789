"""What every `bot.ports.Papers` keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.identity import title_id
from bot.model import Paper, PaperId
from bot.ports import Stores, Upserted
from tests.builders import MORNING, a_paper

LATER = MORNING + timedelta(days=1)
NOTHING = {
    "title": "",
    "abstract": "",
    "authors": (),
    "categories": (),
    "published": None,
    "announced": None,
    "url": "",
}


def the_paper(stores: Stores, paper: Paper) -> Paper:
    return stores.papers.get([paper.id])[paper.id]


def test_a_stored_paper_comes_back_with_all_that_was_said_of_it(stores: Stores) -> None:
    paper = a_paper(
        categories=("cs.LG", "stat.ML"),
        doi="10.1000/x",
        version=2,
        upvotes=7,
        code_url="https://example.org/code",
        withdrawn=True,
        announced=datetime(2026, 3, 11, 20, 0, 0, 123456, tzinfo=UTC),
    )
    assert stores.papers.upsert([paper], MORNING) == Upserted(added=1, updated=0, duplicates=0)
    assert the_paper(stores, paper) == replace(paper, first_seen=MORNING)


def test_papers_without_an_answer_are_left_out(stores: Stores) -> None:
    stores.papers.upsert([a_paper(1)], MORNING)
    assert stores.papers.get([PaperId("arxiv:0704.0001"), a_paper(1).id]).keys() == {a_paper(1).id}
    assert stores.papers.get([]) == {}


def test_a_paper_told_again_in_the_same_words_is_a_duplicate(stores: Stores) -> None:
    stores.papers.upsert([a_paper(1)], MORNING)
    assert stores.papers.upsert([a_paper(1), a_paper(2), a_paper(2)], LATER) == Upserted(1, 0, 2)
    assert stores.papers.count() == 2
    assert the_paper(stores, a_paper(1)).first_seen == MORNING


def test_an_update_never_replaces_what_is_known_by_nothing(stores: Stores) -> None:
    paper = a_paper(categories=("cs.LG",), doi="10.1000/x", upvotes=3, code_url="https://example.org/code")
    stores.papers.upsert([paper], MORNING)
    before = the_paper(stores, paper)
    emptied = replace(paper, **NOTHING, doi=None, upvotes=None, code_url=None, version=2)  # type: ignore[arg-type]
    stores.papers.upsert([emptied], LATER)
    assert the_paper(stores, paper) == replace(before, version=2)


def test_gaps_are_filled_by_whoever_knows(stores: Stores) -> None:
    known_by_id = replace(a_paper(), **{**NOTHING, "title": a_paper().title})  # type: ignore[arg-type]
    stores.papers.upsert([known_by_id], MORNING)
    assert stores.papers.upsert([a_paper(source="huggingface", upvotes=5)], LATER).updated == 1
    found = the_paper(stores, a_paper())
    assert found == replace(a_paper(), upvotes=5, first_seen=MORNING)
    assert found.source == "arxiv"


def test_a_newer_version_replaces_the_text_and_an_older_one_does_not(stores: Stores) -> None:
    stores.papers.upsert([a_paper(version=2, abstract="The second abstract.")], MORNING)
    stores.papers.upsert([a_paper(version=1, abstract="The first abstract.")], LATER)
    kept = the_paper(stores, a_paper())
    assert (kept.version, kept.abstract) == (2, "The second abstract.")
    stores.papers.upsert([a_paper(version=3, abstract="The third abstract.", title="Retitled")], LATER)
    found = the_paper(stores, a_paper())
    assert (found.version, found.abstract, found.title) == (3, "The third abstract.", "Retitled")
    assert stores.index.search(["third"], 5)
    assert not stores.index.search(["second"], 5)


def test_a_source_may_correct_itself_but_not_another_source_of_the_same_version(stores: Stores) -> None:
    stores.papers.upsert([a_paper(abstract="With a tpyo.", source="huggingface")], MORNING)
    stores.papers.upsert([a_paper(abstract="Copied elsewhere.", source="file")], MORNING)
    assert the_paper(stores, a_paper()).abstract == "With a tpyo."
    stores.papers.upsert([a_paper(abstract="Without a typo.", source="huggingface")], MORNING)
    assert the_paper(stores, a_paper()).abstract == "Without a typo."


def test_the_registry_of_an_id_is_believed_more_than_a_list_that_names_it(stores: Stores) -> None:
    stores.papers.upsert([a_paper(abstract="As a list tells it.", source="huggingface")], MORNING)
    stores.papers.upsert([a_paper(abstract="As arXiv tells it.", source="arxiv")], MORNING)
    again = stores.papers.upsert([a_paper(abstract="As a list tells it.", source="huggingface")], LATER)
    assert again.duplicates == 1
    assert the_paper(stores, a_paper()).abstract == "As arXiv tells it."


def test_a_withdrawal_is_taken_over_and_a_newer_version_may_end_it(stores: Stores) -> None:
    stores.papers.upsert([a_paper()], MORNING)
    stores.papers.upsert([a_paper(version=2, withdrawn=True)], MORNING)
    stores.papers.upsert([a_paper(version=1)], MORNING)
    assert the_paper(stores, a_paper()).withdrawn
    stores.papers.upsert([a_paper(version=3)], MORNING)
    assert not the_paper(stores, a_paper()).withdrawn


def test_a_preprint_that_was_known_by_title_only_is_found_under_both_ids(stores: Stores) -> None:
    title = "The thermodynamics of forgetting in small machines"
    untold = a_paper(1, title=title, id=title_id(title), source="file", url="")
    stores.papers.upsert([untold], MORNING)
    preprint = a_paper(2, title=title, abstract="As arXiv tells it.")
    assert stores.papers.upsert([preprint], LATER) == Upserted(0, 1, 0)
    found = stores.papers.get([untold.id, preprint.id])
    assert found[untold.id] == found[preprint.id]
    assert (found[preprint.id].abstract, found[preprint.id].url) == ("As arXiv tells it.", preprint.url)
    assert stores.papers.count() == 1


def test_a_record_with_the_same_doi_is_the_same_work(stores: Stores) -> None:
    preprint = a_paper(1, doi="10.1000/ABC")
    article = a_paper(
        2, title="Quite another title", id=PaperId("doi:10.1000/abc"), source="crossref", doi="10.1000/abc"
    )
    stores.papers.upsert([preprint, article], MORNING)
    assert stores.papers.get([article.id])[article.id].id == preprint.id
    assert stores.papers.count() == 1


def test_the_same_title_by_other_people_is_another_work(stores: Stores) -> None:
    title = "A survey of methods for everything there is"
    one = a_paper(1, title=title, id=PaperId("doi:10.1000/one"), abstract="Cats sleep.", authors=("C. Cat",))
    two = a_paper(2, title=title, id=PaperId("doi:10.1000/two"), abstract="Dogs bark.", authors=("D. Dog",))
    assert stores.papers.upsert([one, two], MORNING).added == 2


def test_a_batch_is_stored_whole_or_not_at_all(stores: Stores) -> None:
    naive = a_paper(2, announced=datetime(2026, 3, 11))  # noqa: DTZ001  # naive on purpose
    with pytest.raises(ValueError, match="time zone"):
        stores.papers.upsert([a_paper(1), naive], MORNING)
    assert stores.papers.count() == 0


def test_papers_since_an_instant_are_those_announced_or_first_stored_then_newest_first(stores: Stores) -> None:
    old = MORNING - timedelta(days=9)
    stores.papers.upsert([a_paper(1, announced=old)], old)
    stores.papers.upsert([a_paper(2, announced=MORNING)], old)
    stores.papers.upsert([a_paper(3, announced=None)], LATER)
    assert stores.papers.since(MORNING) == [a_paper(3).id, a_paper(2).id]
    assert stores.papers.since(old) == [a_paper(3).id, a_paper(2).id, a_paper(1).id]
    assert stores.papers.arrivals(MORNING) == ([a_paper(3).id, a_paper(2).id], [LATER, MORNING])


def test_the_dates_of_papers_are_when_they_were_announced_and_first_stored(stores: Stores) -> None:
    stores.papers.upsert([a_paper(1, announced=MORNING)], LATER)
    stores.papers.upsert([a_paper(2, announced=None)], MORNING)
    asked = [a_paper(n).id for n in (1, 2, 3)]
    assert sorted(stores.papers.dates(asked), key=lambda dates: dates[1]) == [(None, MORNING), (MORNING, LATER)]


def test_the_change_log_tells_each_paper_once_in_its_newest_state(stores: Stores) -> None:
    assert stores.papers.changed_after(0) == ([], 0)
    stores.papers.upsert([a_paper(1), a_paper(2), a_paper(3)], MORNING)
    first, one = stores.papers.changed_after(0, limit=2)
    rest, two = stores.papers.changed_after(one, limit=2)
    assert [paper.id for paper in first + rest] == [a_paper(number).id for number in (1, 2, 3)]
    stores.papers.upsert([a_paper(2, version=2, title="Retitled"), a_paper(1)], LATER)
    changed, three = stores.papers.changed_after(two)
    assert [paper.title for paper in changed] == ["Retitled"]
    assert stores.papers.changed_after(three) == ([], three)
    everything, last = stores.papers.changed_after(0)
    assert [paper.id for paper in everything] == [a_paper(number).id for number in (1, 3, 2)]
    assert last == three


def test_each_source_is_counted_from_an_instant_on(stores: Stores) -> None:
    stores.papers.upsert([a_paper(1), a_paper(2), a_paper(3, source="file")], MORNING)
    stores.papers.upsert([a_paper(4, announced=MORNING - timedelta(days=9))], MORNING)
    assert stores.papers.per_source(MORNING - timedelta(days=2)) == {"arxiv": 2, "file": 1}


def test_a_paper_is_found_by_its_title_whatever_case_and_accents(stores: Stores) -> None:
    stores.papers.upsert([a_paper(title="Über die Entropie, revisited")], MORNING)
    found = stores.papers.by_title("uber die  ENTROPIE revisited")
    assert found is not None
    assert found.id == a_paper().id
    assert stores.papers.by_title("Über die Enthalpie") is None
    assert stores.papers.by_title("…") is None


def test_all_papers_stream_oldest_first(stores: Stores) -> None:
    papers = [a_paper(number) for number in range(1, 1203)]
    stores.papers.upsert(papers, MORNING)
    assert [paper.id for paper in stores.papers.all()] == [paper.id for paper in papers]


@pytest.mark.parametrize("hostile", ["\0", "\ud800", "x" * 10_000, "'; DROP TABLE papers; --", "\u202e", "😀"])
def test_hostile_text_is_stored_or_not_found_but_breaks_nothing(stores: Stores, hostile: str) -> None:
    paper = a_paper(title=f"Title {hostile}", abstract=hostile, authors=(hostile,), code_url=hostile)
    stores.papers.upsert([paper], MORNING)
    assert stores.papers.get([PaperId(hostile), paper.id]).keys() == {paper.id}
    assert stores.papers.by_title(hostile) is None
    assert stores.papers.count() == 1


sources = st.sampled_from(["arxiv", "huggingface", "file", "sample"])
records = st.builds(
    lambda number, version, source, abstract, day: a_paper(
        number, version=version, source=source, abstract=abstract, published=day
    ),
    st.integers(1, 3),
    st.integers(1, 3),
    sources,
    st.sampled_from(["One abstract.", "Another abstract."]),
    st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 2)]),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(records, max_size=6), max_size=4))
def test_however_records_arrive_no_paper_is_doubled_and_following_the_log_is_as_good_as_reading_all(
    stores: Stores, batches: list[list[Paper]]
) -> None:
    change = stores.papers.changed_after(0, limit=10**6)[1]
    followed = {paper.id: paper for paper in stores.papers.all()}
    for batch in batches:
        told = stores.papers.upsert(batch, MORNING)
        assert told.added + told.updated + told.duplicates == len(batch)
        changed, change = stores.papers.changed_after(change)
        followed |= {paper.id: paper for paper in changed}
    assert list(stores.papers.all()) == sorted(followed.values(), key=lambda paper: list(followed).index(paper.id))
    assert len(followed) == stores.papers.count() <= 3
