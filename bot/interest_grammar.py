"""The grammar of the interest language: text → clauses. What it means is told in ``bot/interests.py``.

    row      = clause+ ("OR" clause+)*
    clause   = ["+" | "-"] (group | phrase | field | link | word)
    group    = "(" row ")"
    field    = ("author" | "cat" | "title" | "source" | "like") ":" value

Reading is forgiving where a typed text can mean one thing only (curly quotation marks, commas, a stray dash), and
refuses, naming the piece, where it could be taken for something that it is not.
"""

import re

from bot.identity import paper_id_from
from bot.interest_terms import (
    AFTER_WORD,
    BEFORE_WORD,
    EXAMPLES,
    FIELDS,
    PREFIX_LETTERS,
    RAW_WORD,
    SIGNS,
    BadInterest,
    bare_value,
    no_such_field,
    normal_value,
    says_something,
    within_brackets,
    word_from,
)
from bot.model import Clause, Example, FieldTest, Group, Node, Occur, Phrase, Prefix, Word
from bot.plain import clean
from bot.words import say

CHARACTERS = 512
TERMS = 32
DEPTH = 8
_OCCURS = {"+": Occur.MUST, "-": Occur.NEVER, "–": Occur.NEVER, "—": Occur.NEVER}

_LINK = re.compile(r"(?:https?://|www\.|doi:|arxiv:|oai:|10\.\d{4,9}/)[^\s\"]*", re.IGNORECASE)
_WHOLE_LINK = re.compile(r"\S+$|(?:arxiv|doi|pmid|pmcid)\s*:", re.IGNORECASE)
_FIELD = re.compile(r"([A-Za-z]{2,20}):(?![:/\\])")
_SEPARATOR = re.compile(r"(?<!\d)[,;]|[,;](?!\d)")
_KEYWORD = re.compile(r"(OR|AND|NOT|\|\|?|&&?)[,;.:!?]*(?=[\s()\"]|$)")


def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a text; brackets around the whole of it say nothing and go.

    Raises:
        BadInterest: Naming the piece that is wrong.
    """
    if len(text) > 8 * CHARACTERS:
        raise _too_long(text)
    text = clean(clean(text, 8 * CHARACTERS).translate(SIGNS), 8 * CHARACTERS)
    if len(text) > CHARACTERS:
        raise _too_long(text)
    if _WHOLE_LINK.match(text) and not text.lower().startswith("title:") and (paper := paper_id_from(text)):
        return (Clause(Occur.SHOULD, Example(paper)),)
    reading = _Reading(text)
    rows = reading.rows(depth=0, opened_at=None)
    clauses = rows[0] if len(rows) == 1 else (Clause(Occur.SHOULD, Group(rows)),)
    while len(clauses) == 1 and (inner := _only_row(clauses[0])):
        clauses = inner
    if not clauses:
        raise BadInterest(
            text[:80], say("There is no word in this. Say, for example: {example}", example="graph neural networks")
        )
    _refuse_too_much(clauses)
    return clauses


class _Reading:
    """One text being read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def rows(self, depth: int, opened_at: int | None) -> tuple[tuple[Clause, ...], ...]:
        """Read alternatives up to the end of the text, or of the bracket that was opened at ``opened_at``."""
        rows: list[tuple[Clause, ...]] = []
        row: dict[Clause, None] = {}
        denied = False
        while not self._is_closed(opened_at):
            keyword = _KEYWORD.match(self.text, self.at)
            if keyword is None:
                clause = self._clause(depth)
                if clause is not None:
                    row[_denied(clause) if denied else clause] = None
                    denied = False
                continue
            self.at = keyword.end()
            if keyword[1] in {"OR", "|", "||"}:
                rows.append(_alternative(row))
                row = {}
            denied = denied or keyword[1] == "NOT"
        if denied:
            raise BadInterest("NOT", say('NOT needs something after it; for the word itself write "not".'))
        return (*rows, _alternative(row)) if rows else (tuple(row),)

    def _is_closed(self, opened_at: int | None) -> bool:
        while self.at < len(self.text) and self._says_nothing() and _KEYWORD.match(self.text, self.at) is None:
            self.at += 1
        if self.at == len(self.text):
            if opened_at is not None:
                raise BadInterest(self.text[opened_at:][:80], say("This bracket is never closed."))
            return True
        if self.text[self.at] == ")" and opened_at is None:
            raise BadInterest(self.text[: self.at + 1][-80:], say("This bracket was never opened."))
        return self.text[self.at] == ")"

    def _says_nothing(self) -> bool:
        here = self.text[self.at]
        full_stop = here == "." and not self.text[self.at + 1 : self.at + 2].isalnum()
        return here.isspace() or here in BEFORE_WORD or full_stop

    def _clause(self, depth: int) -> Clause | None:
        occur = Occur.SHOULD
        while self.at < len(self.text) and (self.text[self.at] in _OCCURS or self._says_nothing()):
            if self.text[self.at].isspace():
                return None  # a dash that stands alone
            occur = occur or _OCCURS.get(self.text[self.at], Occur.SHOULD)
            self.at += 1
        if self.at == len(self.text) or self.text[self.at] == ")":
            return None
        if self.text[self.at] == "(":
            return self._group(occur, depth)
        if self.text[self.at] == '"':
            return Clause(occur, Phrase(self._quoted()))
        node = self._link() or self._field() or self._word()
        return Clause(occur, node) if node else None

    def _group(self, occur: Occur, depth: int) -> Clause:
        opened_at = self.at
        if depth == DEPTH:
            raise _too_deep(self.text[opened_at:])
        self.at += 1
        rows = self.rows(depth + 1, opened_at)
        self.at += 1
        if not rows[0]:
            raise BadInterest(self.text[opened_at : self.at], say("There is nothing between these brackets."))
        if len(rows) == 1 and len(rows[0]) == 1:
            only = rows[0][0]
            if occur is Occur.SHOULD or only.occur is Occur.SHOULD:
                return Clause(occur or only.occur, only.node)
        return Clause(occur, Group(rows))

    def _quoted(self) -> str:
        closing = self.text.find('"', self.at + 1)
        if closing < 0:
            raise BadInterest(self.text[self.at :][:80], say("This quotation mark is never closed."))
        phrase = " ".join(self.text[self.at + 1 : closing].split())
        if not says_something(phrase):
            raise BadInterest(self.text[self.at : closing + 1], say("There is no word between these quotation marks."))
        self.at = closing + 1
        return phrase

    def _link(self) -> Node | None:
        found = _LINK.match(self.text, self.at)
        raw = within_brackets(found[0]) if found else ""
        end = self.at + len(raw)
        if not raw:
            raw, end = self._raw_word()
            raw = raw.rstrip(AFTER_WORD)
            if raw.lower().startswith("title:"):
                return None
        if paper := paper_id_from(raw):
            self.at = end
            return Example(paper)
        if raw.lower().startswith(("http://", "https://", "www.")):
            why = say("This link names no paper that can be recognised; arXiv, DOI, OpenReview and PubMed links are.")
            raise BadInterest(raw[:80], why)
        return None

    def _raw_word(self) -> tuple[str, int]:
        """Return the characters up to a blank, a bracket, a quotation mark or a comma, and where they end."""
        found = RAW_WORD.match(self.text, self.at)
        raw = found[0] if found else ""
        if separator := _SEPARATOR.search(raw):
            raw = raw[: separator.start()]
        return raw, self.at + len(raw)

    def _field(self) -> Node | None:
        found = _FIELD.match(self.text, self.at)
        if not found:
            return None
        following = self.text[found.end() : found.end() + 1]
        name = FIELDS.get(found[1].lower())
        if name is None:
            if not following.isalnum() and following != '"':
                return None  # a colon as in a sentence
            raise no_such_field(found[1], self._piece())
        start, self.at = self.at, found.end()
        if name == "like":
            return self._example(start)
        if following == '"':
            value = self._quoted()
        else:
            raw = RAW_WORD.match(self.text, self.at)
            value = bare_value(self.text[self.at :])
            self.at = raw.end() if raw else self.at
        piece = self.text[start : self.at]
        if not says_something(value):
            why = say(
                "{field}: needs its value right after it, for example {example}", field=name, example=EXAMPLES[name]
            )
            raise BadInterest(piece, why)
        if "," in value and following != '"':
            why = say("{field}: takes one value; write (… OR …) for several, or quotation marks.", field=name)
            raise BadInterest(piece, why)
        return FieldTest(name, normal_value(name, value))

    def _example(self, start: int) -> Node:
        if self.text.startswith('"', self.at):
            raw = self._quoted()
        else:
            found = re.compile(r"[^\s\"]*").match(self.text, self.at)
            raw = within_brackets(found[0]) if found else ""
            self.at += len(raw)
        if paper := paper_id_from(raw):
            return Example(paper)
        why = say(
            "like: needs an arXiv id, a DOI or a link to a paper, for example {example}", example=EXAMPLES["like"]
        )
        raise BadInterest(self.text[start : self.at][:80], why)

    def _word(self) -> Node | None:
        raw, self.at = self._raw_word()
        bare = raw.rstrip(AFTER_WORD)
        if not bare.endswith("*"):
            word = word_from(bare)
            return Word(word) if word else None
        stem = word_from(bare.rstrip("*" + AFTER_WORD))
        if stem and (len(stem) >= PREFIX_LETTERS or not stem.isascii()):
            return Prefix(stem)
        return Word(f"{stem}*") if stem else None  # A* is an algorithm, no prefix

    def _piece(self) -> str:
        found = re.compile(r"[^\s()]+").match(self.text, self.at)
        return found[0][:80] if found else ""


def _alternative(row: dict[Clause, None]) -> tuple[Clause, ...]:
    if not row:
        why = say('OR stands between two alternatives: rl OR robotics. For the word itself write "or".')
        raise BadInterest("OR", why)
    return tuple(row)


def _denied(clause: Clause) -> Clause:
    return Clause(Occur.NEVER, clause.node)


def _only_row(clause: Clause) -> tuple[Clause, ...]:
    bare = clause.occur is Occur.SHOULD and isinstance(clause.node, Group) and len(clause.node.alternatives) == 1
    return clause.node.alternatives[0] if bare and isinstance(clause.node, Group) else ()


def _too_long(text: str) -> BadInterest:
    why = say("That is longer than {most} characters; please say it shorter.", most=CHARACTERS)
    return BadInterest(text[:40] + "…", why)


def _too_deep(piece: str) -> BadInterest:
    return BadInterest(piece[:80], say("Brackets may stand at most {most} deep.", most=DEPTH))


def _refuse_too_much(clauses: tuple[Clause, ...]) -> None:
    terms, depth = _measured(clauses)
    if depth > DEPTH:
        raise _too_deep("(")
    if terms > TERMS:
        why = say("An interest holds at most {most} terms; this one has {found}.", most=TERMS, found=terms)
        raise BadInterest(say("{found} terms", found=terms), why)


def _measured(clauses: tuple[Clause, ...]) -> tuple[int, int]:
    terms, depth = 0, 0
    for clause in clauses:
        if isinstance(clause.node, Group):
            inner = [_measured(row) for row in clause.node.alternatives]
            terms += sum(row_terms for row_terms, _ in inner)
            depth = max(depth, 1 + max(row_depth for _, row_depth in inner))
        else:
            terms += 1
    return terms, depth
