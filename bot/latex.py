"""LaTeX within running text → what a person reads. What is not certainly LaTeX stays as it is.

One pass, linear in the length: braces are paired once, every look ahead is bounded, nesting is too.
"""

import re
import unicodedata

from bot.latex_macros import (
    CITATIONS,
    DELIMITER_SIZES,
    DOUBLE_STRUCK,
    ESCAPED,
    GREEK,
    LETTER_ACCENTS,
    LETTERS,
    LOWERED,
    MATH_ACCENTS,
    NOTHING,
    RAISED,
    RAISED_AS_IS,
    SIGN_ACCENTS,
    SWITCHES,
    TEXT_WRAPPERS,
    WRAPPERS,
    symbols,
)

MATH_CHARACTERS = 1000
SCRIPT_CHARACTERS = 60
ACCENT_CHARACTERS = 10
DEPTH = 12

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[$]{1,2}|[{}_^~]|[^\\${}_^~]+|\\", re.DOTALL)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_DOLLARS = re.compile(r"\$((?:[^$\\]|\\.){1,1000}?)\$", re.DOTALL)
_DOUBLE_DOLLARS = re.compile(r"\$\$((?:[^$\\]|\\.){1,1000}?)\$\$", re.DOTALL)
_TEXT_ARGUMENT = re.compile(r"\\(?:text\w*|mbox|mathrm|operatorname)\s*\{[^{}]*\}")
_PROSE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}[,;:.]?\s+[A-Za-z]{2,}(?![A-Za-z{])")
_SPOKEN_WORD = re.compile(r"\s[A-Za-z]{2,}|[A-Za-z]{2,}\s")
_GROUP_SWITCH = re.compile(r"\{\s*\\([A-Za-z]+)(?![A-Za-z])\s*")
_ROOT_POWER = re.compile(r"\[[^\[\]{}]{1,20}\]")
_CLOSING_ESCAPED_QUOTE = re.compile(r'\\"(?![A-Za-z{])')
_GREEK_GROUP = re.compile(r"\{([A-Za-z]{2,7}|\+/-)\}")


def readable(text: str) -> str:
    """Return ``text`` with its LaTeX read once; reading the result again may find more (see `bot.plain.plain`)."""
    return _Reading(text).run(0, len(text), math=False, depth=0)


class _Reading:
    """One pass over one text: ``run`` reads a stretch, the others what begins at a place; they say where it ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.closing = _paired(text)
        self.kept_until = -1  # where the last macro that was left alone ends
        self.quotes_escaped = _CLOSING_ESCAPED_QUOTE.search(text) is not None

    def run(self, start: int, end: int, *, math: bool, depth: int) -> str:
        if depth > DEPTH:
            return self.text[start:end]
        out: list[str] = []
        at = start
        while at < end:
            token = _TOKEN.match(self.text, at, end)
            if token is None:  # a lone backslash at the very end
                out.append(self.text[at:end])
                break
            piece, after = self.piece(token[0], at, end, math=math, depth=depth)
            out.append(piece)
            at = after
        return "".join(out)

    def piece(self, token: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        after = at + len(token)
        match token[0]:
            case "\\" if len(token) > 1:
                return self.macro(token[1:], at, end, math=math, depth=depth)
            case "$" if not math:
                return self.dollars(token, at, end, depth)
            case "_" | "^" if math or self.text.startswith("{", after):
                return self.script(token, at, end, math=math, depth=depth)
            case "{":
                return self.group(at, end, math=math, depth=depth)
            case "}" if math:
                return "", after
            case "~":
                return (" " if math or self.is_tie(at) else "~"), after
            case _:
                return token, after

    def group(self, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        close = self.closing.get(at, end)
        if close >= end:
            return ("" if math else "{"), at + 1
        if math:
            return self.run(at + 1, close, math=True, depth=depth + 1), close + 1
        greek = _GREEK_GROUP.match(self.text, at, close + 1)
        if greek and (letter := _greek(greek[1])) is not None:
            return letter, close + 1
        switch = _GROUP_SWITCH.match(self.text, at, close)
        if switch and switch[1] in SWITCHES:
            return self.run(switch.end(), close, math=False, depth=depth + 1), close + 1
        first = self.text[at + 1 : at + 3]
        if close - at <= ACCENT_CHARACTERS and first[:1] == "\\" and (first[1:] in SIGN_ACCENTS or first[1:].isalpha()):
            inner = self.run(at + 1, close, math=False, depth=depth + 1)
            if len(inner) <= 2 and "\\" not in inner and inner:
                return inner, close + 1
        return "{", at + 1

    def dollars(self, token: str, at: int, end: int, depth: int) -> tuple[str, int]:
        form = _DOUBLE_DOLLARS if token == "$$" else _DOLLARS  # noqa: S105 -- a token of the text, no secret
        found = form.match(self.text, at, end)
        if found is None or (token == "$" and not self.is_math(found)):  # noqa: S105 -- likewise
            return token, at + len(token)
        return self.math(found.start(1), found.end(1), depth), found.end()

    def is_math(self, found: re.Match[str]) -> bool:
        """Tell mathematics from prices: ``$5 and $6``, ``US$5/$6``, ``in A$ or NZ$``."""
        inner = found[1]
        if self.text[found.end() : found.end() + 1].isdigit():
            return False
        if any(sign in inner for sign in "\\^_{"):
            padded = inner[0].isspace() or inner[-1].isspace()
            return not (padded and "\\" not in inner) and _PROSE.search(_TEXT_ARGUMENT.sub("", inner)) is None
        before = self.text[found.start() - 1 : found.start()]
        spoken = inner[0].isspace() or inner[-1] in " \n\t/-,;" or _SPOKEN_WORD.search(inner) is not None
        return not spoken and not before.isalpha()

    def math(self, start: int, end: int, depth: int) -> str:
        return " ".join(self.run(start, end, math=True, depth=depth + 1).split())

    def script(self, sign: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        if not math and self.closing.get(at + 1, end) - at > SCRIPT_CHARACTERS:
            return sign, at + 1
        argument, after = self.argument(at + 1, end, math=math, depth=depth)
        if argument is None:
            return sign, at + 1
        inner = argument.strip()
        letters = RAISED if sign == "^" else LOWERED
        if not inner or (sign == "^" and inner in RAISED_AS_IS):
            return RAISED_AS_IS.get(inner, ""), after
        if all(character in letters for character in inner) and (len(inner) == 1 or not inner.isalpha()):
            return "".join(letters[character] for character in inner), after
        return (f"{sign}{inner}" if inner.isalnum() or len(inner) == 1 else f"{sign}({inner})"), after

    def argument(self, at: int, end: int, *, math: bool, depth: int) -> tuple[str | None, int]:
        """Read one argument: a group, or in mathematics the next token; None when there is none."""
        while math and at < end and self.text[at].isspace():
            at += 1
        if at >= end:
            return None, at
        if self.text[at] == "{":
            close = self.closing.get(at, end)
            if close >= end:
                return None, at
            return self.run(at + 1, close, math=math, depth=depth + 1), close + 1
        if not math or self.text[at] in "}$":
            return None, at
        if self.text[at] == "\\" and depth < DEPTH:
            token = _TOKEN.match(self.text, at, end)
            if token is None or len(token[0]) < 2:
                return None, at
            return self.macro(token[0][1:], at, end, math=True, depth=depth + 1)
        return self.text[at], at + 1

    def macro(self, name: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        after = at + 1 + len(name)
        read = self.sign_macro(name, after, end, math=math, depth=depth) if not name[0].isalpha() else None
        if read is None and name[0].isascii() and name[0].isalpha():
            read = self.word_macro(name, at, end, math=math, depth=depth)
        if read is not None:
            return read
        self.kept_until = after
        return (name if math and name[0].isalpha() else self.text[at:after]), after

    def sign_macro(self, sign: str, after: int, end: int, *, math: bool, depth: int) -> tuple[str, int] | None:
        if sign in ESCAPED:
            return sign, after
        if sign in "([":
            close = self.text.find("\\)" if sign == "(" else "\\]", after, min(end, after + MATH_CHARACTERS))
            return None if close < 0 else (self.math(after, close, depth), close + 2)
        if sign.isspace() or sign == ",":
            stray = not math and sign.isspace() and self.text[max(0, after - 3) : after - 2].isspace()
            return None if stray else (" ", after)
        if math:
            return {"!": ("", after), "|": ("‖", after)}.get(sign) or ((" ", after) if sign in ":;>\\" else None)
        if sign == "\\":
            return (" ", after) if self.text[after : after + 1].isspace() or after == end else None
        if sign in SIGN_ACCENTS:
            return self.accented(SIGN_ACCENTS[sign], sign, after, end)
        return None

    def word_macro(self, name: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int] | None:
        after = at + 1 + len(name)
        if not math and name in LETTER_ACCENTS and (read := self.accented(LETTER_ACCENTS[name], name, after, end)):
            return read
        if name in WRAPPERS or name in MATH_ACCENTS or name in {"mathbb", "textsuperscript", "textsubscript"}:
            inner, past = self.argument(after, end, math=math and name not in TEXT_WRAPPERS, depth=depth)
            return None if inner is None else (_dressed(name, inner), past)
        if name in {"frac", "dfrac", "tfrac", "binom", "href", "textcolor", "sqrt", "pmod", "footnote"} | CITATIONS:
            return self.with_arguments(name, after, end, math=math, depth=depth)
        if name in {"begin", "end", "label", "color"}:
            inner, past = self.argument(after, end, math=False, depth=depth)
            return None if inner is None else ("", past)
        if math and name in DELIMITER_SIZES:
            return "", after + self.text.startswith(".", after)
        if name in NOTHING or (math and name in SWITCHES):
            return "", after
        return self.symbol(name, at, end, math=math)

    def symbol(self, name: str, at: int, end: int, *, math: bool) -> tuple[str, int] | None:
        after = at + 1 + len(name)
        if not math and at and (self.kept_until == at or self.text[at - 1] in ":\\"):
            return None  # C:\new\alpha is no Greek
        if not math and (letter := LETTERS.get(name)):
            blank = self.text[after : after + 2]
            return letter, after + (2 if blank == "{}" else 1 if blank[:1] == " " and blank[1:].isalpha() else 0)
        reading = symbols().get(name)
        if reading is None:
            if not math or not self.text.startswith("{", after) or self.closing.get(after, end) >= end:
                return None
            return f"{name} ", after
        return reading, after + 2 * self.text.startswith("{}", after)

    def with_arguments(self, name: str, after: int, end: int, *, math: bool, depth: int) -> tuple[str, int] | None:
        power = _ROOT_POWER.match(self.text, after, end) if name == "sqrt" else None
        first, past = self.argument(power.end() if power else after, end, math=math, depth=depth)
        if first is None:
            return None
        if name in {"sqrt", "pmod", "footnote"}:
            root = f"√{first}" if len(first) == 1 else f"√({first})"
            return {"sqrt": root, "pmod": f" (mod {first})", "footnote": f" ({first})"}[name], past
        if name in CITATIONS:
            return f"[{first}]", past
        second, past = self.argument(past, end, math=math, depth=depth)
        if second is None:
            # Left as it is, with its argument: nothing is read twice, so the time stays linear.
            return self.text[after - 1 - len(name) : past], past
        if name == "href":
            return (first if second.strip() in {first, ""} else f"{second} ({first})"), past
        if name == "textcolor":
            return second, past
        return (f"({first} choose {second})" if name == "binom" else f"{_factor(first)}/{_factor(second)}"), past

    def accented(self, mark: str, macro: str, after: int, end: int) -> tuple[str, int] | None:
        r"""Read ``\'e``, ``\'{e}``, ``\'\i``, ``\v s``; None when no letter of a language comes of it."""
        at = after
        if macro.isalpha():
            if self.text[at : at + 1] == " ":
                at += 1
            elif self.text[at : at + 1] != "{":
                return None
        braced = self.text[at : at + 1] == "{"
        inner = self.text[at + 1 : at + 4] if braced else self.text[at : at + 2]
        base = inner[1] if inner[:1] == "\\" and inner[1:2] in {"i", "j"} else inner[:1]
        length = 2 if inner[:1] == "\\" else 1
        past = at + length + 2 * braced
        if past > end or not base.isalpha() or (braced and self.text[past - 1] != "}"):
            return None
        if macro == '"' and not braced and self.is_quotation(after):
            return None
        letter = unicodedata.normalize("NFC", base + mark)
        return (letter, past) if len(letter) == 1 else None

    def is_quotation(self, after: int) -> bool:
        r"""Tell whether ``\"`` is a quotation mark that a program escaped: it opens a word, and another closes one."""
        before = self.text[after - 3 : after - 2] if after >= 3 else ""
        return self.quotes_escaped and not before.isalnum() and before != "{"

    def is_tie(self, at: int) -> bool:
        """Tell whether ``~`` joins two words as LaTeX does, rather than meaning *about*, a range or a home folder."""
        before = self.text[max(0, at - SCRIPT_CHARACTERS) : at]
        following = self.text[at + 1 : at + 2]
        if not before or before[-1].isspace() or not following or following.isspace():
            return False
        word = before.split()[-1]
        if before[-1] == "/" or "://" in word:
            return False
        about = len(word) == 1 or any(character.isdigit() for character in word) or not word[-1].isascii()
        return not (following.isdigit() and about)


def _paired(text: str) -> dict[int, int]:
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for found in _BRACES.finditer(text):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


def _greek(name: str) -> str | None:
    """Read the names that bioRxiv sets in braces: ``{beta}-catenin``."""
    if name == "+/-":
        return "±"
    letter = GREEK.get(name.lower())
    return letter.upper() if letter and name[0].isupper() else letter


def _dressed(name: str, inner: str) -> str:
    if name in MATH_ACCENTS:
        return unicodedata.normalize("NFC", inner + MATH_ACCENTS[name]) if len(inner) == 1 else inner
    if name == "mathbb":
        return DOUBLE_STRUCK.get(inner, inner)
    if name in {"textsuperscript", "textsubscript"}:
        letters = RAISED if name == "textsuperscript" else LOWERED
        whole = all(character in letters for character in inner)
        return "".join(letters[character] for character in inner) if whole else inner
    return inner


def _factor(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"
