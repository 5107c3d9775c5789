"""Text that comes from outside, made readable and safe to keep: the door that every title and abstract passes."""

import re
import unicodedata

from bot.latex import readable

# Reading LaTeX can lay bare more of it (``\$x\$``). Ordinary texts are stable after the first reading.
READINGS = 4
COMBINING_MARKS = 4
WORD_BORDER = 40

_LATEX = re.compile(r"[\\$^{}~`]|--")
_DOUBLE_QUOTES = re.compile(r"(?<!`)``(?!`)([^`]*?)''")
_SINGLE_QUOTES = re.compile(r"(?<![`\w])`([^`'\n]{1,200})'(?!\w)(?!')")
_EM_DASH = re.compile(r"(?<=[^\s-])\s?---\s?(?=[^\s-])")
_EN_DASH = re.compile(r"(?<=[^\s-])--(?=[^\s-])|(?<=\s)--(?=\s)")

_JOINERS = "\u200c\u200d"
_UNWANTED = (
    {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"}
    | dict.fromkeys((0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029), None)
    | dict.fromkeys((*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)), None)
    | dict.fromkeys((*range(0xD800, 0xE000), *range(0xE0000, 0xE0080), *range(0xFDD0, 0xFDF0)), None)
    | {plane * 0x10000 + last: None for plane in range(17) for last in (0xFFFE, 0xFFFF)}
    | {0x2028: " ", 0x2029: " "}
)
_GENERAL_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "’": "'", "‐": "-"}
)


def plain(text: str) -> str:
    r"""Return ``text`` with LaTeX read: ``96.7\%`` → 96.7%, ``$\alpha$`` → α, ``Bal\'azs`` → Balázs.

    What is not certainly LaTeX stays: a stray ``$``, ``\``, ``{``, ``_`` or ``^``, and ``%``, which begins no comment
    here. HTML stays too. Reading the result again gives the result; a text that does not come to rest is left alone.
    """
    if _LATEX.search(text) is None:
        return text
    seen = text
    for _ in range(READINGS):
        read = _typography(readable(seen))
        if read == seen:
            return read
        seen = read
    return text


def clean(text: str, cap: int) -> str:
    """Return ``text`` fit to be kept anywhere, at most ``cap`` code points long.

    Without control characters, direction marks, lone surrogates and invisible characters; composed (NFC); every run of
    blanks and line ends is one space; at most `COMBINING_MARKS` accents on a letter. Cleaning again changes nothing.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _without_stray_joiners(text.translate(_UNWANTED)))
        text = _without_towers(text)
    text = " ".join(text.split())
    return text if len(text) <= cap else _shortened(text, cap)


def folded(text: str) -> str:
    """Return ``text`` for comparing: case, accents and forms of the same character (ﬁ, ², Ａ) folded away."""
    if text.isascii():
        return text.lower()
    apart = _GENERAL_MARKS.sub("", unicodedata.normalize("NFKD", text))
    apart = _GENERAL_MARKS.sub("", unicodedata.normalize("NFKD", apart.casefold().translate(_LETTERS)))
    return unicodedata.normalize("NFC", apart)


def _typography(text: str) -> str:
    text = _SINGLE_QUOTES.sub("‘\\1’", text)
    text = _DOUBLE_QUOTES.sub("“\\1”", text)
    text = _EM_DASH.sub(" — ", text)
    return _EN_DASH.sub("–", text)


def _without_stray_joiners(text: str) -> str:
    """Joiners shape Arabic and Indic words and hold emoji together; anywhere else they only hide."""
    if not any(joiner in text for joiner in _JOINERS):
        return text
    kept: list[str] = []
    for at, character in enumerate(text):
        if character in _JOINERS:
            before, after = kept[-1] if kept else " ", text[at + 1 : at + 2]
            if not (_may_be_joined(before) and after and _may_be_joined(after)):
                continue
        kept.append(character)
    return "".join(kept)


def _may_be_joined(character: str) -> bool:
    if character in _JOINERS or character.isspace():
        return False
    # Letters from Arabic on eastwards in the code, symbols, and the selectors that follow an emoji.
    return "\u0600" <= character < "\u1e00" or character >= "\u2190"


def _without_towers(text: str) -> str:
    kept: list[str] = []
    height = 0
    for character in text:
        height = height + 1 if unicodedata.combining(character) else 0
        if height <= COMBINING_MARKS:
            kept.append(character)
    return "".join(kept)


def _shortened(text: str, cap: int) -> str:
    end = max(cap, 0)
    blank = text.rfind(" ", max(0, end - WORD_BORDER), end + 1)
    if blank > 0:
        return text[:blank]
    while end > 0 and _hangs_on(text, end):
        end -= 1
    return text[:end]


def _hangs_on(text: str, at: int) -> bool:
    """Tell whether the character at a place belongs to the one before it (an accent, the rest of an emoji)."""
    here, before = text[at], text[at - 1]
    flags = "\U0001f1e6" <= here <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff"
    tone = "\U0001f3fb" <= here <= "\U0001f3ff"
    return (
        bool(unicodedata.combining(here)) or here in "\u200d\ufe0e\ufe0f\u20e3" or before == "\u200d" or tone or flags
    )
