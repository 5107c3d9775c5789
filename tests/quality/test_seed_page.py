"""The papers of a recorded Hugging Face page, each found again: through the real store and the search of members."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path

import pytest

from adapters.sources.file import FileSource
from bot.announcements import IngestReport
from bot.ingest import ingest
from bot.interests import parse_interest
from bot.library import Library
from bot.model import Paper
from bot.tokens import STOP_WORDS, folded_words
from storage.sqlite import open_stores
from tests.builders import MORNING
from tests.quality.typing_errors import with_one_error

PAPERS = 92
Found = tuple[Library, list[Paper]]


@pytest.fixture(scope="module")
def page(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """The library over a store that holds the page, and its papers."""

    def unwatched(report: IngestReport) -> None:
        del report

    with open_stores(tmp_path_factory.mktemp("page")) as stores:
        source = FileSource(shared_data / "seed" / "huggingface_papers_page.txt")
        asyncio.run(ingest(stores.papers, source, MORNING, unwatched))
        library = Library(stores.papers)
        library.refresh()
        yield library, list(stores.papers.all())


def test_each_exact_title_finds_its_paper_first(page: Found) -> None:
    missed = not_found(page, lambda paper: paper.title, within=1)
    assert len(page[1]) == PAPERS
    assert not missed, told(missed)


def test_a_title_with_one_typing_error_finds_its_paper_first(page: Found) -> None:
    missed = not_found(page, lambda paper: with_one_error(paper.title), within=1)
    assert len(missed) <= 1, told(missed)


def test_five_words_that_an_abstract_dwells_on_find_it_among_the_first_three(page: Found) -> None:
    weight = rarity(page[1])

    def five(paper: Paper) -> str:
        counts = Counter(words_of(paper))
        return " ".join(sorted(counts, key=lambda word: (-counts[word] * weight[word], word))[:5])

    missed = not_found(page, five, within=3)
    assert len(missed) <= 2, told(missed)


def test_the_five_rarest_words_of_an_abstract_find_it_among_the_first_three(page: Found) -> None:
    weight = rarity(page[1])
    missed = not_found(
        page, lambda paper: " ".join(sorted(set(words_of(paper)), key=lambda w: (-weight[w], w))[:5]), within=3
    )
    assert len(missed) <= 2, told(missed)


def not_found(page: Found, asked: Callable[[Paper], str], within: int) -> list[str]:
    """Return the queries whose paper does not stand within the first so many, with where it stands."""
    library, papers = page
    missed = []
    for paper in papers:
        hits = library.search(parse_interest(asked(paper)), MORNING, limit=10).hits
        places = [place for place, hit in enumerate(hits, start=1) if hit.paper == paper.id]
        if not places or places[0] > within:
            missed.append(f"{asked(paper)!r}: {places[0] if places else 'not among ten'}")
    return missed


def told(missed: list[str]) -> str:
    return f"{PAPERS - len(missed)} of {PAPERS} found; not: " + "; ".join(missed)


def words_of(paper: Paper) -> list[str]:
    return [
        word for word in folded_words(paper.abstract) if len(word) > 3 and word.isalpha() and word not in STOP_WORDS
    ]


def rarity(papers: list[Paper]) -> dict[str, float]:
    held = Counter(word for paper in papers for word in set(words_of(paper)))
    return {word: log((len(papers) + 1) / count) for word, count in held.items()}
