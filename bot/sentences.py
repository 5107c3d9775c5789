"""Cuts an abstract into its sentences, each an untouched piece of the text."""

import re
from collections.abc import Iterator

# A full stop after one of these does not end a sentence (folded, without their last stop).
_SHORT_FORMS = frozenset(
    re.findall(
        r"\S+",
        """
        e.g i.e eg ie cf vs etc al viz resp approx ca c.f w.r.t wrt a.k.a fig figs eq eqs sec secs ref refs no nos tab
        thm lem prop def cor ch vol pp ed eds dr prof mr mrs ms st inc ltd dept univ jan feb mar apr jun jul aug sep
        sept oct nov dec
        """,
    )
)
# Where a sentence may end: a mark, perhaps a closing quote or bracket, blanks, then something that may begin one.
_END = re.compile(r"""[.!?…]["'”’)\]]*(?=\s+["'“‘(\[]*[^\s])|[。！？؟۔]""")
_OPENERS = "\"'“‘([$\\"
# What comes after it: blanks, perhaps such openers, and the first sign that is neither.
_NEXT = re.compile(r"""\s*(["'“‘(\[$\\]*)(\S?)""")
_GO_ON = frozenset({"We", "The", "This", "In", "It", "Our", "To", "A", "However", "These"})


def sentences(text: str) -> list[str]:
    """Return the sentences in order; joined by the blanks between them they are the text.

    A stop within a number, after an initial, ``e.g.``, ``et al.`` and the like, or within ``$…$`` ends nothing.
    """
    return list(_each(text))


def first_sentence(text: str) -> str:
    """Return the first of `sentences`, "" when there is none; the rest is not looked at."""
    return next(_each(text), "")


def _each(text: str) -> Iterator[str]:
    start = 0
    formulas = "$" in text
    for match in _END.finditer(text):
        if not _ends_sentence(text, start, match, formulas=formulas):
            continue
        if piece := text[start : match.end()].strip():
            yield piece
        start = match.end()
    if rest := text[start:].strip():
        yield rest


def _ends_sentence(text: str, start: int, match: re.Match[str], *, formulas: bool) -> bool:
    mark = match.group()[0]
    if mark in "。！？؟۔":
        return True
    if formulas and _inside_formula(text, start, match.start()):
        return False
    following = _NEXT.match(text, match.end())
    begin = (following[2] or following[1][:1]) if following is not None else ""
    if mark != ".":
        return not begin.islower()
    before = text[start : match.start()].rsplit(None, 1)
    last = before[-1].lstrip(_OPENERS).lower() if before else ""
    if last in _SHORT_FORMS or last.rstrip(".") in _SHORT_FORMS:
        # "etc." and "et al." may end a sentence; the others never do.
        return last in {"etc", "al"} and begin.isupper() and last == "etc"
    if len(last) == 1 and last.isalpha() and before[-1].isupper():
        # An initial: "J. Smith"; but "of type A. We …" goes on with a common word.
        return text[match.end() :].lstrip().split(" ", 1)[0] in _GO_ON
    return not begin.islower()


def _inside_formula(text: str, start: int, place: int) -> bool:
    """Tell whether an odd number of dollar signs, escaped ones apart, stands before the place in its sentence."""
    before = text[start:place].replace(r"\$", "")
    return before.count("$") % 2 == 1 and "$" in text[place:] and len(before) - before.rfind("$") < 200
