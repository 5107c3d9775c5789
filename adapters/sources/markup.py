"""HTML and JATS in titles and abstracts → words."""

import html
import re

import nh3

# Where a browser begins a new line; without the blank the last and first words of two paragraphs become one.
_BREAK = re.compile(r"</?(?:\w+:)?(?:p|div|br|li|ul|ol|h[1-6]|tr|title|sec|section|blockquote)\b[^<>]*>", re.IGNORECASE)
# 10<sup>6</sup> without its mark is 106: digits and signs are kept raised, as LaTeX's are.
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SHIFTED = re.compile(r"<(?P<kind>su[bp])\b[^<>]*>(?P<text>[^<]*)</su[bp]\s*>", re.IGNORECASE)
_PREFIXED = re.compile(r"(</?)\w+:(\w)")

# What stands before an abstract and is not of it: its heading, or how and when the article came out.
FRONT_MATTER = re.compile(
    r"^(?:\s*(?i:abstract|summary)(?:\s*[:.]\s*|\s+(?=[^\sa-z]))"
    r"|.{0,200}?Published online:[^;]{0,40};\s*(?:doi:\s*\S+\s*)?)",
    re.DOTALL,
)


def words_in(markup: str) -> str:
    """Return the text of a piece of HTML or JATS: tags gone, entities resolved once, scripts and styles dropped."""
    if "<" not in markup and "&" not in markup:
        return markup
    # HTML knows no prefixes; without them JATS and MathML are what its parser can read.
    spaced = _PREFIXED.sub(r"\1\2", _BREAK.sub(" \\g<0>", markup))
    spaced = _SHIFTED.sub(lambda found: shifted(found["kind"], found["text"]), spaced)
    return html.unescape(nh3.clean(spaced, tags=set(), attributes={})).strip()


def shifted(kind: str, text: str) -> str:
    """Return the text of a ``sup`` or ``sub`` in raised or lowered characters; as it is when it has others."""
    table = _RAISED if kind.lower() == "sup" else _LOWERED
    text = text.strip()
    return text.translate(table) if all(ord(character) in table for character in text) else text
