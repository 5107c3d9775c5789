"""What is known of a batch of papers besides their words: dates, authors, categories, sources, votes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from bot.model import Paper, PaperId
from bot.texts import Names, Offsets, Texts
from bot.tokens import fold, folded_words

# arXiv lists each of these pairs as one category under two names (https://arxiv.org/category_taxonomy).
_ALIASES = (
    ("cs.it", "math.it"),
    ("cs.na", "math.na"),
    ("cs.sy", "eess.sy"),
    ("math-ph", "math.mp"),
    ("math.st", "stat.th"),
    ("econ.gn", "q-fin.ec"),
)
_ALIAS_OF = {one: other for pair in _ALIASES for one, other in (pair, pair[::-1])}

NO_DAY = 0

Rows = NDArray[np.int32]


NO_ROWS: Rows = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Ascending rows for each key. Immutable.

    Attributes:
        starts: Where the rows of each key begin in ``rows``, and the end; shape (n_keys + 1,).
    """

    keys: Names[str]
    starts: Offsets
    rows: Rows

    def of(self, key: str) -> Rows:
        """Return the rows of a key; none for one that nothing has."""
        number = self.keys.find(key)
        return NO_ROWS if number is None else self.rows[self.starts[number] : self.starts[number + 1]]

    def items(self) -> Iterator[tuple[str, Rows]]:
        for number, key in enumerate(self.keys):
            yield key, self.rows[self.starts[number] : self.starts[number + 1]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Columns of ``n`` papers. Immutable.

    Attributes:
        days: Ordinal of the day a paper became news here (announced, else published, else first stored); 0 unknown.
        withdrawn: True for papers that are never picked.
        authors: The authors' folded names joined by ``|``.
        by_author_word, by_category, by_source: Ascending rows for each folded key.
        upvotes: -1 where the source has none.
    """

    ids: Names[PaperId]
    days: NDArray[np.int32]
    withdrawn: NDArray[np.bool_]
    upvotes: NDArray[np.int32]
    authors: Texts[str]
    categories: Texts[str]
    sources: Texts[str]
    by_author_word: Grouped
    by_category: Grouped
    by_source: Grouped

    def __len__(self) -> int:
        return len(self.ids)

    def written_by(self, name: str) -> Rows:
        """Return the papers with an author whom ``name`` may mean: ``Bengio``, ``Y. Bengio``, ``Bengio, Yoshua``."""
        asked = folded_words(name)
        full = [word for word in asked if len(word) > 1] or asked
        if not full:
            return NO_ROWS
        rows = min((self.by_author_word.of(word) for word in full), key=len)
        return np.array(
            [r for r in rows.tolist() if any(_may_be(asked, author.split()) for author in self.authors[r].split("|"))],
            dtype=np.int32,
        )

    def in_category(self, pattern: str) -> Rows:
        """Return the papers of a category, of its other name, of an archive (``math``) or of a glob (``math.*``)."""
        patterns = category_patterns(pattern)
        found = [rows for category, rows in self.by_category.items() if any(fnmatchcase(category, p) for p in patterns)]
        return np.unique(np.concatenate(found)) if found else NO_ROWS

    def from_source(self, name: str) -> Rows:
        return self.by_source.of(fold(name).strip())


@dataclass(frozen=True, slots=True)
class Fact:
    """One paper's row before it becomes columns."""

    id: PaperId
    day: int
    withdrawn: bool
    upvotes: int
    authors: str
    categories: str
    source: str


def fact_of(paper: Paper) -> Fact:
    return Fact(
        id=paper.id,
        day=day_of(paper),
        withdrawn=paper.withdrawn,
        upvotes=-1 if paper.upvotes is None else paper.upvotes,
        authors="|".join(" ".join(folded_words(author)) for author in paper.authors),
        categories="|".join(fold(category) for category in paper.categories),
        source=fold(paper.source),
    )


def day_of(paper: Paper) -> int:
    """Return the ordinal of the day on which a paper became news, 0 when nothing tells it."""
    instant = paper.announced or paper.first_seen
    if paper.announced is None and paper.published is not None:
        return paper.published.toordinal()
    return instant.date().toordinal() if instant is not None else NO_DAY


def columns(facts: Sequence[Fact]) -> Facts:
    return Facts(
        ids=Names.of(f.id for f in facts),
        days=np.array([f.day for f in facts], dtype=np.int32),
        withdrawn=np.array([f.withdrawn for f in facts], dtype=np.bool_),
        upvotes=np.array([f.upvotes for f in facts], dtype=np.int32),
        authors=Texts.of(f.authors for f in facts),
        categories=Texts.of(f.categories for f in facts),
        sources=Texts.of(f.source for f in facts),
        by_author_word=_rows_by([set(f.authors.replace("|", " ").split()) for f in facts]),
        by_category=_rows_by([{c for c in f.categories.split("|") if c} for f in facts]),
        by_source=_rows_by([{f.source} for f in facts]),
    )


def rows_again(facts: Facts) -> list[Fact]:
    """Return the rows that the columns were made of."""
    numbers = zip(facts.days.tolist(), facts.withdrawn.tolist(), facts.upvotes.tolist(), strict=True)
    texts = zip(facts.authors, facts.categories, facts.sources, strict=True)
    return [Fact(paper, *some, *others) for paper, some, others in zip(facts.ids, numbers, texts, strict=True)]


def category_patterns(pattern: str) -> set[str]:
    """Return the globs, folded, of what a category in an interest means: itself, its other name, a whole archive."""
    wanted = fold(pattern).strip()
    patterns = {wanted, _ALIAS_OF.get(wanted, wanted)}
    if "." not in wanted and "*" not in wanted:
        patterns.add(wanted + ".*")
    return patterns


def _rows_by(keys: Sequence[set[str]]) -> Grouped:
    numbers: dict[str, int] = {}
    flat = np.array([numbers.setdefault(key, len(numbers)) for row in keys for key in sorted(row)], dtype=np.int32)
    rows = np.repeat(np.arange(len(keys), dtype=np.int32), [len(row) for row in keys])
    order = np.argsort(flat, kind="stable")
    starts = np.searchsorted(flat[order], np.arange(len(numbers) + 1)).astype(np.int64)
    return Grouped(Names.of(numbers), starts, rows[order])


def _may_be(asked: list[str], author: list[str]) -> bool:
    """Tell whether each asked word is another word of the author, an initial standing for a name on either side."""
    left = list(author)
    for word in sorted(asked, key=len, reverse=True):
        match = next((name for name in left if name == word), None)
        if match is None:
            match = next((n for n in left if (len(n) == 1 or len(word) == 1) and n[0] == word[0]), None)
        if match is None:
            return False
        left.remove(match)
    return True
