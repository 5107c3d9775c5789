"""Which papers an interest admits: what must be there, what must not, and the fields."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from bot.facts import Rows
from bot.interests import print_interest
from bot.model import Clause, Example, FieldTest, Group, Interest, Node, Occur, Phrase, Prefix, Word
from bot.postings import Ints, Mask, Postings
from bot.snapshot import Snapshot
from bot.tokens import fold, folded_words, stem


def admitted(snapshot: Snapshot, interest: Interest) -> Mask:
    """Return a mask over rows: alive, with everything that must be there and nothing that must not.

    A field without a sign narrows too: one of the values asked of each field must hold.
    """
    return snapshot.alive & satisfies(snapshot, interest.clauses)


def satisfies(snapshot: Snapshot, clauses: Sequence[Clause]) -> Mask:
    mask = np.ones(len(snapshot), dtype=np.bool_)
    fields: dict[str, Mask] = {}
    for clause in clauses:
        if clause.occur is Occur.MUST:
            mask &= holds(snapshot, clause.node)
        elif clause.occur is Occur.NEVER:
            mask &= ~holds(snapshot, clause.node)
        elif isinstance(clause.node, FieldTest):
            of_field = fields.setdefault(clause.node.field, np.zeros(len(snapshot), dtype=np.bool_))
            of_field |= holds(snapshot, clause.node)
    for of_field in fields.values():
        mask &= of_field
    return mask


def matched_at_all(snapshot: Snapshot, interest: Interest) -> Mask:
    """Return the rows that a mute of this interest hides: those that satisfy it and hold something of it.

    A mute of several words hides what holds all of them: ``survey`` alone is the wide one.
    """
    return snapshot.alive & _alternative(snapshot, interest.clauses)


def holds(snapshot: Snapshot, node: Node) -> Mask:
    """Return the rows of which a node is true."""
    mask = np.zeros(len(snapshot), dtype=np.bool_)
    match node:
        case Word(text=text) | Phrase(text=text):
            mask[phrase_rows(snapshot, folded_words(text))] = True
            for variant in variants(snapshot, folded_words(text)):
                mask[phrase_rows(snapshot, variant)] = True
        case Prefix(text=text):
            mask[prefix_rows(snapshot, text)] = True
        case FieldTest():
            mask[field_rows(snapshot, node)] = True
        case Example(paper=paper):
            row = snapshot.row_of.get(paper)
            if row is not None:
                mask[row] = True
        case Group(alternatives=alternatives):
            for alternative in alternatives:
                mask |= _alternative(snapshot, alternative)
    return mask


def _alternative(snapshot: Snapshot, clauses: Sequence[Clause]) -> Mask:
    """Return the rows that hold all clauses of a row of clauses; with only exclusions, none."""
    if all(clause.occur is Occur.NEVER for clause in clauses):
        return np.zeros(len(snapshot), dtype=np.bool_)
    mask = np.ones(len(snapshot), dtype=np.bool_)
    for clause in clauses:
        held = holds(snapshot, clause.node)
        mask &= ~held if clause.occur is Occur.NEVER else held
    return mask


def phrase_rows(snapshot: Snapshot, words: Sequence[str]) -> Rows:
    """Return the rows in which forms of the words stand next to each other in this order, ascending."""
    return phrase_counts(snapshot, words)[0]


def phrase_counts(snapshot: Snapshot, words: Sequence[str], *, titles_only: bool = False) -> tuple[Rows, Ints]:
    """Return the rows with a phrase and how often each has it."""
    none = np.zeros(0, dtype=np.int32)
    forms = [_forms(snapshot, word) for word in words]
    if not forms or any(len(form) == 0 for form in forms):
        return none, none
    rows, counts = [none], [none]
    for offset, batch in snapshot.offsets():
        places = _adjacent(batch.postings, forms)
        papers = batch.postings.papers_at(places)
        last = places + len(forms) - 1
        whole = last < batch.postings.starts[papers + 1]
        # A phrase never runs from the title over into the abstract.
        title = last < batch.postings.title_ends[papers]
        whole &= title | (places >= batch.postings.title_ends[papers])
        if titles_only:
            whole &= title
        found, times = np.unique(papers[whole], return_counts=True)
        rows.append((found + offset).astype(np.int32))
        counts.append(times.astype(np.int32))
    return np.concatenate(rows), np.concatenate(counts)


def _adjacent(postings: Postings, forms: Sequence[Ints]) -> Ints:
    """Return the places where the first of a row of words stands and the others follow."""
    places = [postings.places(form) for form in forms]
    order = sorted(range(len(forms)), key=lambda i: len(places[i]))
    starts = places[order[0]] - order[0]
    for i in order[1:]:
        at = np.searchsorted(places[i], starts + i)
        at[at == len(places[i])] = 0
        starts = starts[places[i][at] == starts + i] if len(places[i]) else starts[:0]
    return starts


def _forms(snapshot: Snapshot, word: str) -> Ints:
    """Return the numbers of all words with the stem of a folded word."""
    number = snapshot.stem_id(word)
    if number is None:
        return np.zeros(0, dtype=np.int32)
    return snapshot.words_with_stem(number).astype(np.int32)


def prefix_words(snapshot: Snapshot, text: str) -> Ints:
    """Return the numbers of all words that begin with a prefix, without its star."""
    begin = fold(text.rstrip("*"))
    if not begin:
        return np.zeros(0, dtype=np.int32)
    return snapshot.words.beginning_with(begin)


def prefix_rows(snapshot: Snapshot, text: str) -> Rows:
    words = prefix_words(snapshot, text)
    rows = [np.zeros(0, dtype=np.int32)]
    rows += [batch.postings.papers_at(batch.postings.places(words)) + offset for offset, batch in snapshot.offsets()]
    return np.unique(np.concatenate(rows)).astype(np.int32)


def field_rows(snapshot: Snapshot, test: FieldTest) -> Rows:
    match test.field:
        case "author":
            return snapshot.rows_where(lambda facts: facts.written_by(test.value))
        case "cat":
            return snapshot.rows_where(lambda facts: facts.in_category(test.value))
        case "source":
            return snapshot.rows_where(lambda facts: facts.from_source(test.value))
        case _:
            return phrase_counts(snapshot, folded_words(test.value), titles_only=True)[0]


def variants(snapshot: Snapshot, words: Sequence[str]) -> list[list[str]]:
    """Return other ways to write the same: abbreviation and long form, written together and apart.

    Only what the abstracts themselves have counts.
    """
    found: list[list[str]] = []
    if len(words) == 1:
        long = snapshot.abbreviations.long_of(words[0])
        if long:
            found.append(list(long))
        found += [list(pair) for pair in _apart(snapshot, words[0])]
    else:
        short = snapshot.abbreviations.short_of(tuple(stem(word) for word in words))
        if short:
            found.append([short])
        together = "".join(words)
        if len(words) == 2 and snapshot.stem_id(together) is not None:
            found.append([together])
    return found


def _apart(snapshot: Snapshot, word: str) -> Iterable[tuple[str, str]]:
    """Yield the two words that a word is made of, when the abstracts write it as two words as well."""
    for i in range(2, len(word) - 2):
        left, right = word[:i], word[i:]
        if snapshot.stem_id(left) is None or snapshot.stem_id(right) is None:
            continue
        if len(phrase_rows(snapshot, (left, right))):
            yield left, right
            return


def exclusions_of(snapshot: Snapshot, interests: Sequence[Interest], row: int) -> tuple[str, ...]:
    """Return what some interests exclude and a row has, as typed."""
    return tuple(
        print_interest(Interest((clause,)))
        for interest in interests
        for clause in interest.clauses
        if clause.occur is Occur.NEVER and holds(snapshot, clause.node)[row]
    )


def missing_in(snapshot: Snapshot, interests: Sequence[Interest], row: int) -> tuple[str, ...]:
    """Return what some interests demand and a row lacks, as typed."""
    return tuple(
        print_interest(Interest((replace(clause, occur=Occur.SHOULD),)))
        for interest in interests
        for clause in interest.clauses
        if clause.occur is Occur.MUST and not holds(snapshot, clause.node)[row]
    )
