"""The interest language: what somebody wants to read, in their own words, and back again.

``graph neural networks`` words, the more of them the better · ``"contrastive learning"`` a phrase · ``+diffusion``
must · ``-survey`` never · ``(rl OR "reinforcement learning") robotics`` · ``author:"Y. Bengio"`` · ``cat:cs.LG``,
``cat:math.*`` · ``title:entropy`` · ``source:arxiv`` · ``like:2301.00001``, or just the link · ``diffus*``.
"""

from typing import assert_never

from bot.interest_grammar import read_clauses
from bot.interest_terms import BadInterest, bare_value
from bot.model import Clause, Example, FieldTest, Group, Interest, Node, Occur, Phrase, Prefix, Word
from bot.plain import folded
from bot.tokens import STOP_WORDS, folded_words
from bot.words import say

__all__ = ["BadInterest", "explain_interest", "meaning_of", "parse_interest", "print_interest"]


def parse_interest(text: str, *, allow_only_never: bool = False) -> Interest:
    """Return the interest that ``text`` says, at most 512 characters, 32 terms and brackets 8 deep.

    Args:
        allow_only_never: Whether it may say only what is not wanted.

    Raises:
        BadInterest: Naming the piece that is wrong; it never raises another exception, whatever the text.
    """
    clauses = read_clauses(text)
    if not allow_only_never and all(clause.occur is Occur.NEVER for clause in clauses):
        why = say("This says only what you do not want. Add what you want, or say mute and the word alone.")
        raise BadInterest(_row(clauses), why)
    return Interest(clauses)


def print_interest(interest: Interest) -> str:
    """Return the text of an interest; reading it gives the same interest."""
    if len(interest.clauses) == 1:
        only = interest.clauses[0]
        if only.occur is Occur.SHOULD and isinstance(only.node, Group):
            return _alternatives(only.node)
    return _row(interest.clauses)


def meaning_of(interest: Interest) -> str:
    """Return a key that is equal for interests that find the same papers: ``Entropy`` and ``entropy``."""
    return folded(print_interest(interest))


def explain_interest(interest: Interest) -> tuple[str, ...]:
    """Return what an interest means, one line for each clause, and a last one where it plainly asks in vain."""
    return (*(_explained(clause) for clause in interest.clauses), *_in_vain(interest.clauses))


def _row(clauses: tuple[Clause, ...]) -> str:
    return " ".join(f"{clause.occur.value}{_printed(clause.node)}" for clause in clauses)


def _alternatives(group: Group) -> str:
    return " OR ".join(_row(row) for row in group.alternatives)


def _printed(node: Node) -> str:
    match node:
        case Word(text):
            return text
        case Prefix(text):
            return f"{text}*"
        case Phrase(text):
            return f'"{text}"'
        case FieldTest(field, value):
            return f"{field}:{value}" if bare_value(value) == value and "," not in value else f'{field}:"{value}"'
        case Example(paper):
            name = paper.removeprefix("arxiv:")
            return f'like:"{name}"' if "(" in name or ")" in name else f"like:{name}"
        case Group():
            return f"({_alternatives(node)})"
        case _:
            assert_never(node)


def _explained(clause: Clause) -> str:
    said = _in_words(clause.node)
    match clause.occur:
        case Occur.MUST:
            return say("Must have: {what}", what=said)
        case Occur.NEVER:
            return say("Never: {what}", what=said)
        case Occur.SHOULD if isinstance(clause.node, FieldTest):
            # A field narrows without a sign too: nobody who asks for an author wants the others as well.
            return say("Only: {what}", what=said)
        case Occur.SHOULD:
            return say("Better: {what}", what=said)
        case _:
            assert_never(clause.occur)


def _in_vain(clauses: tuple[Clause, ...]) -> list[str]:
    never = {folded(_printed(clause.node)): clause.node for clause in clauses if clause.occur is Occur.NEVER}
    wanted = [clause for clause in clauses if clause.occur is not Occur.NEVER]
    both = [clause for clause in wanted if folded(_printed(clause.node)) in never]
    if any(clause.occur is Occur.MUST for clause in both) or (both and len(both) == len(wanted)):
        return [say("So it matches nothing: {what} is wanted and excluded.", what=_in_words(both[0].node))]
    if wanted and all(isinstance(clause.node, Word) and _is_in_every_text(clause.node.text) for clause in wanted):
        return [say("Nearly every text has such words: add one that names your subject.")]
    return []


def _is_in_every_text(word: str) -> bool:
    parts = folded_words(word)
    return bool(parts) and all(part in STOP_WORDS for part in parts)


def _in_words(node: Node) -> str:
    match node:
        case Word(text):
            return say("the word {word}", word=text)
        case Prefix(text):
            return say("a word that begins with {beginning}", beginning=text)
        case Phrase(text):
            return say("the phrase “{phrase}”", phrase=text)
        case FieldTest(field, value):
            return _test_in_words(field, value)
        case Example(paper):
            return say("papers like {paper}", paper=paper.removeprefix("arxiv:"))
        case Group():
            said, *others = (_row_in_words(row) for row in node.alternatives)
            for other in others:
                said = say("{one}, or {other}", one=said, other=other)
            return said
        case _:
            assert_never(node)


def _row_in_words(row: tuple[Clause, ...]) -> str:
    said, *others = (
        say("not {what}", what=_in_words(clause.node)) if clause.occur is Occur.NEVER else _in_words(clause.node)
        for clause in row
    )
    for other in others:
        said = say("{one} with {other}", one=said, other=other)
    return said


def _test_in_words(field: str, value: str) -> str:
    match field:
        case "author":
            return say("an author named {name}", name=value)
        case "cat":
            if value.endswith(".*"):
                return say("any category of {archive}", archive=value.removesuffix(".*"))
            return say("the category {category}", category=value)
        case "title":
            return say("“{words}” in the title", words=value)
        case _:
            return say("the source {source}", source=value)
