"""What every `bot.ports.Papers` keeps of records that are one work, and how it takes them apart again."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.identity import title_id
from bot.model import Digest, Feedback, Paper, PaperId, Verdict
from bot.ports import Stores, Upserted
from storage.stores import SqlStores
from tests.builders import MORNING, a_channel, a_member, a_paper, a_pick

LATER = MORNING + timedelta(days=1)
ANA = a_member("ana")
TITLE = "The thermodynamics of forgetting in small machines"
PREPRINT = a_paper(1, title=TITLE, abstract="As arXiv tells it.", authors=("Ana Bo",))
ARTICLE = a_paper(
    2,
    title="Thermodynamics of forgetting",
    id=PaperId("doi:10.1000/abc"),
    abstract="As the journal tells it.",
    source="crossref",
    doi="10.1000/abc",
    authors=("Ana Bo",),
    categories=("Physics",),
)
BRIDGE = replace(PREPRINT, doi="10.1000/abc")


def the_paper(stores: Stores, identifier: PaperId) -> Paper:
    return stores.papers.get([identifier])[identifier]


def test_two_stored_papers_become_one_when_a_record_names_both(stores: Stores) -> None:
    assert stores.papers.upsert([PREPRINT, ARTICLE], MORNING).added == 2
    assert stores.papers.upsert([BRIDGE], LATER) == Upserted(0, 1, 0)
    assert stores.papers.count() == 1
    assert the_paper(stores, ARTICLE.id) == the_paper(stores, PREPRINT.id)
    assert the_paper(stores, PREPRINT.id).categories == ("Physics",)
    assert [paper.id for paper in stores.papers.all()] == [PREPRINT.id]
    assert stores.papers.since(MORNING - timedelta(days=9)) == [PREPRINT.id]
    assert [found for found, _ in stores.index.search(["journal"], 5)] == []
    assert stores.papers.upsert([ARTICLE, BRIDGE], LATER) == Upserted(0, 0, 2)


def test_whoever_follows_the_changes_hears_that_a_paper_was_merged_away(stores: Stores) -> None:
    stores.papers.upsert([PREPRINT, ARTICLE], MORNING)
    change = stores.papers.changed_after(0)[1]
    stores.papers.upsert([BRIDGE], LATER)
    changed = {paper.id: paper.withdrawn for paper in stores.papers.changed_after(change)[0]}
    assert changed == {PREPRINT.id: False, ARTICLE.id: True}


def test_picks_saves_and_verdicts_follow_the_paper_that_theirs_was_merged_into(stores: Stores) -> None:
    stores.papers.upsert([PREPRINT, ARTICLE], MORNING)
    stores.saves.add(ANA, ARTICLE.id, MORNING)
    stores.feedback.record(Feedback("e1", ANA, a_channel(), ARTICLE.id, Verdict.LIKE, MORNING))
    stores.digests.keep(Digest(ANA.profile, date(2026, 3, 12), 0, 1, (a_pick(ARTICLE),), MORNING))
    stores.papers.upsert([BRIDGE], LATER)
    assert stores.saves.of(ANA) == [PREPRINT.id]
    assert [act.paper for act in stores.feedback.of_member(ANA)] == [PREPRINT.id]
    assert [act.event for act in stores.feedback.of_paper(PREPRINT.id, "lab", "fake")] == ["e1"]
    assert stores.digests.shown_to(ANA.profile)[PREPRINT.id] == date(2026, 3, 12)
    kept = stores.digests.get(ANA.profile, date(2026, 3, 12), 0)
    assert kept is not None
    assert [pick.paper.id for pick in kept.picks] == [PREPRINT.id]


def test_stored_papers_that_were_merged_can_be_taken_apart_for_good(stores: Stores) -> None:
    stores.papers.upsert([PREPRINT, ARTICLE], MORNING)
    before = {paper.id: paper for paper in stores.papers.all()}
    stores.feedback.record(Feedback("e1", ANA, None, ARTICLE.id, Verdict.LIKE, MORNING))
    stores.papers.upsert([BRIDGE], LATER)
    (merge,) = stores.papers.merges(10)
    assert (merge.record, merge.paper, merge.at) == (ARTICLE.id, PREPRINT.id, LATER)
    change = stores.papers.changed_after(0)[1]
    assert stores.papers.unmerge(ARTICLE.id, LATER)
    assert the_paper(stores, ARTICLE.id) == before[ARTICLE.id]
    assert replace(the_paper(stores, PREPRINT.id), doi=None) == before[PREPRINT.id]
    assert [act.paper for act in stores.feedback.of_member(ANA)] == [ARTICLE.id]
    changed = {paper.id: paper.withdrawn for paper in stores.papers.changed_after(change)[0]}
    assert changed == {PREPRINT.id: False, ARTICLE.id: False}
    stores.papers.upsert([BRIDGE, ARTICLE, PREPRINT], LATER)
    assert stores.papers.count() == 2
    assert stores.papers.merges(10) == []
    assert not stores.papers.unmerge(ARTICLE.id, LATER)


def test_a_record_that_was_taken_for_a_paper_on_arrival_can_be_made_its_own(stores: Stores) -> None:
    listed = replace(PREPRINT, id=title_id(TITLE), source="file", upvotes=7, abstract="As a list tells it.")
    stores.papers.upsert([PREPRINT], MORNING)
    before = the_paper(stores, PREPRINT.id)
    assert stores.papers.upsert([listed], LATER) == Upserted(0, 1, 0)
    assert the_paper(stores, PREPRINT.id).upvotes == 7
    stores.papers.upsert([replace(PREPRINT, code_url="https://example.org/code")], LATER)
    assert stores.papers.unmerge(listed.id, LATER)
    assert the_paper(stores, PREPRINT.id) == replace(before, code_url="https://example.org/code")
    assert the_paper(stores, listed.id) == replace(listed, first_seen=LATER)
    assert [found for found, _ in stores.index.search(["list"], 5)] == [listed.id]
    assert stores.papers.upsert([listed, PREPRINT], LATER).added == 0
    assert stores.papers.count() == 2


def test_what_was_never_merged_cannot_be_taken_apart(stores: Stores) -> None:
    stores.papers.upsert([PREPRINT], MORNING)
    assert not stores.papers.unmerge(PREPRINT.id, LATER)
    assert not stores.papers.unmerge(PaperId("arxiv:0704.0001"), LATER)


def test_a_third_paper_joins_two_that_are_one_already(stores: Stores) -> None:
    third = replace(ARTICLE, id=PaperId("pmid:12345"), doi=None, title="Quite another title", abstract="Third.")
    stores.papers.upsert([third, PREPRINT, ARTICLE], MORNING)
    stores.papers.upsert([BRIDGE], MORNING)
    stores.papers.upsert([replace(third, doi="10.1000/abc")], LATER)
    assert [paper.id for paper in stores.papers.all()] == [third.id]
    assert {the_paper(stores, name).id for name in (third.id, PREPRINT.id, ARTICLE.id)} == {third.id}
    assert stores.papers.unmerge(PREPRINT.id, LATER)
    assert {paper.id for paper in stores.papers.all()} == {third.id, PREPRINT.id}


def test_two_preprints_with_one_doi_stay_two(stores: Stores) -> None:
    parts = [replace(PREPRINT, doi="10.1000/book"), a_paper(3, title=TITLE + ", part two", doi="10.1000/book")]
    assert stores.papers.upsert(parts, MORNING).added == 2
    assert stores.papers.upsert(parts, LATER) == Upserted(0, 0, 2)
    assert stores.papers.count() == 2


def test_an_abstract_is_kept_as_its_source_wrote_it_and_can_be_cleaned_anew(stores: Stores) -> None:
    stores.papers.upsert([replace(PREPRINT, original="As  \\emph{arXiv} tells\nit."), a_paper(5)], MORNING)
    assert stores.papers.original_abstract(PREPRINT.id) == "As  \\emph{arXiv} tells\nit."
    assert stores.papers.original_abstract(a_paper(5).id) == a_paper(5).abstract
    assert stores.papers.original_abstract(PaperId("arxiv:0704.0001")) is None
    stores.papers.upsert([replace(PREPRINT, source="file", abstract="Less.", original="Le ss.")], LATER)
    assert stores.papers.original_abstract(PREPRINT.id) == "As  \\emph{arXiv} tells\nit."
    assert stores.papers.clean_anew(str.upper) == 1
    assert the_paper(stores, PREPRINT.id).abstract == "AS  \\EMPH{ARXIV} TELLS\nIT."
    assert stores.papers.clean_anew(str.upper) == 0
    stores.papers.upsert([replace(PREPRINT, version=2, abstract="Anew.")], LATER)
    assert stores.papers.original_abstract(PREPRINT.id) == "Anew."


def test_a_paper_that_its_registry_deleted_is_withdrawn_but_not_the_article_of_it(stores: Stores) -> None:
    stores.papers.upsert([ARTICLE, BRIDGE, a_paper(7)], MORNING)
    change = stores.papers.changed_after(0)[1]
    assert stores.papers.withdraw([a_paper(7).id, PREPRINT.id, PaperId("arxiv:0704.0001")]) == 1
    assert stores.papers.withdraw([a_paper(7).id]) == 0
    assert the_paper(stores, a_paper(7).id).withdrawn
    assert not the_paper(stores, PREPRINT.id).withdrawn
    assert [paper.id for paper in stores.papers.changed_after(change)[0]] == [a_paper(7).id]


def test_votes_are_known_as_they_were_at_the_end_of_a_day(stores: Stores) -> None:
    for days, upvotes in ((0, 5), (0, 7), (1, 41), (4, 60)):
        stores.papers.upsert([replace(PREPRINT, upvotes=upvotes)], MORNING + timedelta(days=days))
    day = MORNING.astimezone(ZoneInfo("UTC")).date()
    seen = [stores.papers.votes_on([PREPRINT.id, ARTICLE.id], day + timedelta(days=days)) for days in (-1, 0, 1, 3, 9)]
    assert seen == [{}, {PREPRINT.id: 7}, {PREPRINT.id: 41}, {PREPRINT.id: 41}, {PREPRINT.id: 60}]


def test_comments_and_a_machine_s_keywords_are_kept(stores: Stores) -> None:
    stores.papers.upsert([replace(PREPRINT, comments=3, keywords=("forgetting", "heat"))], MORNING)
    stores.papers.upsert([PREPRINT], LATER)
    kept = the_paper(stores, PREPRINT.id)
    assert (kept.comments, kept.keywords) == (3, ("forgetting", "heat"))


def test_a_journal_s_spelling_of_a_title_is_found_among_titles_that_begin_alike(stores: Stores) -> None:
    abstract = " ".join(f"word{number}" for number in range(40))
    told = a_paper(1, abstract=abstract, authors=("Ana Bo",))
    ours = replace(told, title="Modelling the behaviour of generalised rounds in channels")
    other = replace(told, id=a_paper(2).id, title="Modelling the behaviour of gardens without any channels")
    printed = a_paper(3, id=PaperId("doi:10.1000/p"), title="Modelling the behavior of generalized rounds in channels")
    stores.papers.upsert([ours, other], MORNING)
    stores.papers.upsert([replace(printed, abstract=abstract, authors=("Bo, Ana",), doi="10.1000/p")], MORNING)
    assert stores.papers.get([PaperId("doi:10.1000/p")])[PaperId("doi:10.1000/p")].id == ours.id
    assert stores.papers.count() == 2


def test_what_is_rehearsed_is_counted_as_it_would_be_and_undone(stores: Stores) -> None:
    assert isinstance(stores, SqlStores)
    stores.papers.upsert([a_paper(1)], MORNING)
    batch = [replace(a_paper(1), upvotes=7), a_paper(2), a_paper(2), a_paper(3)]
    with stores.rehearsal() as papers:
        rehearsed = papers.upsert(batch, MORNING)
        assert papers.upsert([a_paper(3)], MORNING).duplicates == 1
    assert stores.papers.count() == 1
    assert stores.papers.get([a_paper(1).id])[a_paper(1).id].upvotes != 7
    assert stores.papers.upsert(batch, MORNING) == rehearsed
    assert (rehearsed.added, rehearsed.updated, rehearsed.duplicates) == (2, 1, 1)
