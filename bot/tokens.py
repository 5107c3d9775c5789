"""Text → words → stems: the one way in which abstracts, titles and interests are cut up for comparing."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

# A longer run of letters is data (a hash, a sequence) and is read in pieces: no entry of the vocabulary is longer.
_WORD = re.compile(r"[^\W_]{1,64}")
# Accents, Arabic vowel marks and the Arabic stretcher: written or left out at will, so never told apart.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u0640\u064b-\u065f\u0670]+")
# Scripts written without blanks: each character is a word of its own, and a typed word becomes a phrase of them.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"
)

_stemmer = Stemmer.Stemmer("english")

# Function words of English: they say how a sentence hangs together, not what it is about.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about above across after again against all almost also although always am among an and any are as at be
        because been before being below between both but by can cannot could did do does doing done down during each
        either etc ever every few for from further had has have having he hence her here hers him his how however i if
        in into is it its itself just least less let may me might more most much must my near neither no nor not of
        off often on once only or other others ought our ours out over own per perhaps quite rather really s shall she
        should since so some such t than that the their theirs them then there thereby therefore these they this those
        through thus to too toward towards under until up upon us very via was we well were what whatever when where
        whereas wherein whether which while who whom whose why will with within without would yet you your yours
        """,
    )
)


def folded_words(text: str) -> list[str]:
    """Return the words of a text in order: letters and digits, case and accents folded, stop words included.

    A character of a script without blanks (Chinese, Japanese, Thai …) is a word of its own.
    """
    if text.isascii():
        return _WORD.findall(text.lower())
    return _WORD.findall(_UNSPACED.sub(r" \1 ", fold(text)))


def fold(text: str) -> str:
    """Return ``text`` with case and accents folded; compatibility forms (ﬁ, full-width letters) become plain ones."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def surface_words(text: str) -> list[str]:
    """Return the words of a text as they are written, for showing."""
    return _WORD.findall(text if text.isascii() else _UNSPACED.sub(r" \1 ", text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of one folded word (Snowball English, Porter 2001); other scripts come back unchanged."""
    return str(_stemmer.stemWord(word)) if word.isascii() else word


def beginning(stem: str) -> str:
    """Return what every word with a stem begins with: cutting a suffix off changes at most two letters before it."""
    return stem[: max(1, len(stem) - 2)]


def stems_in(text: str) -> list[str]:
    """Return the stems of a text's words in order."""
    return list(map(stem, folded_words(text)))


def stems_of(words: list[str]) -> list[str]:
    """Return the stems of many folded words, without filling the cache of single ones."""
    return [str(s) for s in _stemmer.stemWords(words)]
