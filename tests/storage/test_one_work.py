"""Records of one work become one paper: measured on real metadata, told again as other sources tell it.

Precision and recall are those of pairs: of all pairs of records that ended in one paper, how many are of one work; and
of all pairs of records of one work, how many ended in one paper.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from math import comb
from pathlib import Path

import pytest

from bot.identity import normal_title, title_id
from bot.model import Paper, PaperId
from storage.sqlite import SqliteStores, open_stores
from tests.adapters.sources.reading import read_path
from tests.builders import MORNING

PRECISION = 0.999
RECALL = 0.97
SPELLINGS = (
    ("behavior", "behaviour"),
    ("modeling", "modelling"),
    (" and ", " & "),
    ("The ", "A "),
    ("ization", "isation"),
)
SPELT_OTHERWISE = 0.3


def works(shared_data: Path) -> list[Paper]:
    """Return real papers, each work once: recorded ones with their authors, and abstracts of a judged set."""
    found: dict[str, Paper] = {}
    for folder in ("arxiv_kaggle", "arxiv_atom", "huggingface", "arxiv_oai"):
        for path in sorted((shared_data / "sources" / folder).iterdir()):
            for paper in read_path(path).papers if "error" not in path.name and "429" not in path.name else ():
                if len(paper.abstract) > 200 and paper.authors:
                    found.setdefault(normal_title(paper.title), paper)
    with (shared_data / "eval" / "citeulike" / "corpus.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            told = json.loads(line)
            paper = Paper(
                PaperId(f"arxiv:2101.{number:05}"),
                told["title"],
                told["abstract"],
                authors=(f"A. {family(number)}", f"B. {family(number + 7)}"),
                published=MORNING.date() - timedelta(days=number % 900),
                source="arxiv",
            )
            found.setdefault(normal_title(paper.title), paper)
    return list(found.values())


def family(number: int) -> str:
    """Return a name of letters alone; a tenth of the numbers share theirs with others, as people do."""
    letters = "bcdfglmnpr"
    return "".join(letters[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number % 1700:04}").title()


def told_elsewhere(paper: Paper, number: int, chance: random.Random) -> Iterator[Paper]:
    """Yield records of the same work as other sources tell it."""
    # As a list on a page: no id, no authors; often the abstract is cut.
    cut = paper.abstract[: chance.randrange(180, len(paper.abstract) + 1)] if len(paper.abstract) > 180 else ""
    yield replace(
        paper, id=title_id(paper.title), abstract=cut or paper.abstract, authors=(), source="file", doi=None, url=""
    )
    # As a journal prints it: its own id, capitals, names turned round, the next year.
    turned = tuple(f"{name.split()[-1]}, {name[0]}." for name in paper.authors)
    published = paper.published and paper.published + timedelta(days=chance.randrange(30, 360))
    yield replace(
        paper,
        id=PaperId(f"doi:10.1000/{number}"),
        doi=f"10.1000/{number}",
        title=paper.title.title() + chance.choice(("", ".", " ")),
        abstract=chance.choice((paper.abstract, "")),
        authors=turned,
        published=published,
        source="crossref",
    )
    # As a preprint server of another field has it: in braces, the abstract revised, at times the title spelt otherwise.
    title = paper.title
    if chance.random() < SPELT_OTHERWISE:
        title = next((title.replace(*both, 1) for both in SPELLINGS if both[0] in title), title)
    words = paper.abstract.split()
    kept = " ".join(word for word in words if chance.random() > 0.03)
    yield replace(
        paper, id=PaperId(f"doi:10.1101/{number}"), doi=None, title=f"{{{title}}}", abstract=kept, source="biorxiv"
    )


def look_alikes(paper: Paper, another: Paper, number: int) -> Iterator[Paper]:
    """Yield other works that share most of what is told of this one."""
    other = (f"Q. {family(number + 911)}",)
    # The same title by others, in the same year about something else, or years ago.
    long_ago = paper.published and paper.published.replace(year=1990, day=1)
    yield replace(
        paper,
        id=PaperId(f"doi:10.2000/{number}"),
        doi=None,
        authors=other,
        source="crossref",
        abstract="" if number % 8 else another.abstract,
        published=long_ago if number % 8 else paper.published,
    )
    # The next part of it by the same people.
    part = f"{paper.title}: Part II"
    yield replace(
        paper, id=PaperId(f"doi:10.2001/{number}"), doi=None, title=part, abstract=paper.abstract, source="crossref"
    )
    # What everybody calls so.
    short = ("Introduction", "Editorial", "Attention", "Preface", "0")[number % 5]
    yield replace(paper, id=PaperId(f"doi:10.2002/{number}"), doi=None, title=short, abstract="", source="crossref")


def labelled(papers: list[Paper], chance: random.Random) -> list[tuple[str, Paper]]:
    """Return records in random order, each with the name of its work."""
    records = []
    for number, paper in enumerate(papers):
        records += [(f"work {number}", record) for record in (paper, *told_elsewhere(paper, number, chance))]
        if number % 4 == 0:
            alike = enumerate(look_alikes(paper, papers[number - 1], number))
            records += [(f"look-alike {number} {which}", record) for which, record in alike]
    chance.shuffle(records)
    # Last of all every tenth comes as itself once more: a newer version with another title.
    retitled = [(work, replace(paper, title=f"Revised: {paper.title}", version=2)) for work, paper in records[::10]]
    return [*records, *retitled]


def measured(stores: SqliteStores, records: list[tuple[str, Paper]]) -> tuple[float, float]:
    """Take records in, in batches, and return precision and recall of the pairs that were made."""
    left = iter([record for _, record in records])
    while batch := list(islice(left, 200)):
        stores.papers.upsert(batch, MORNING)
    known = stores.papers.get([record.id for _, record in records])
    ended = Counter((known[record.id].id, work) for work, record in records)
    of_work, of_paper = Counter(work for work, _ in records), Counter(known[record.id].id for _, record in records)
    right = sum(comb(count, 2) for count in ended.values())
    return (
        right / sum(comb(count, 2) for count in of_paper.values()),
        right / sum(comb(count, 2) for count in of_work.values()),
    )


@pytest.mark.parametrize(("order", "one_in"), [(1, 3), *(pytest.param(n, 1, marks=pytest.mark.long) for n in (1, 2))])
def test_records_of_one_work_are_one_paper_and_look_alikes_are_not(
    order: int, one_in: int, shared_data: Path, tmp_path: Path
) -> None:
    papers = works(shared_data)
    assert len(papers) > 1800
    papers = papers[::one_in]
    records = labelled(papers, random.Random(order))  # noqa: S311 - a sample, the same in every run
    with open_stores(tmp_path / "data") as stores:
        precision, recall = measured(stores, records)
    assert (precision >= PRECISION, recall >= RECALL) == (True, True), (precision, recall)


def test_real_papers_with_titles_that_look_alike_stay_apart(shared_data: Path, tmp_path: Path) -> None:
    records = {paper.id: paper for name in ("citeulike", "cranfield") for paper in judged(shared_data, name)}
    with open_stores(tmp_path / "data") as stores:
        left = iter(records.values())
        while batch := list(islice(left, 500)):
            stores.papers.upsert(batch, MORNING)
        known = stores.papers.get(list(records))
    merged = [(records[told], records[paper.id]) for told, paper in known.items() if told != paper.id]
    # A few reports stand in the set twice.
    assert 0 < len(merged) < 10
    for one, other in merged:
        families = {paper.authors[0].split(",")[0] for paper in (one, other)}
        assert len(families) == 1, (one.title, other.title)
        assert (
            normal_title(one.title) == normal_title(other.title)
            or normal_title(one.abstract)[:250] == normal_title(other.abstract)[:250]
        )
    titles = Counter(known[told].id for told in records)
    for alike in (
        ("base pressure at subsonic speeds", "base pressure at supersonic speeds"),
        ("comment on improved numerical solution of the blasius", "improved numerical solution of the blasius"),
        ("Prediction of plant microRNA targets", "Prediction of mammalian microRNA targets"),
        ("Integrative analysis of the cancer", "Integrative analysis of the melanoma"),
        ("A Comparison of Selection Schemes used", "A Comparative Analysis of Selection Schemes Used"),
    ):
        ids = [told for told, paper in records.items() if paper.title.startswith(alike)]
        assert len(ids) == 2
        assert [titles[told] for told in ids] == [1, 1]


def judged(shared_data: Path, name: str) -> Iterator[Paper]:
    """Yield the papers of a judged set with their own authors, each under a DOI of its own."""
    with (shared_data / "eval" / name / "corpus.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            told = json.loads(line)
            known_as = PaperId(f"doi:10.1000/{name}.{number}")
            authors = tuple(told.get("authors", ()))
            yield Paper(known_as, told["title"], told["abstract"], authors=authors, source="crossref")
