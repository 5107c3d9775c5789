"""Which work a text, a link or a record means: identifiers in one form each, titles compared, two records told as one.

The forms: ``arxiv:1706.03762`` and ``arxiv:hep-th/9901001`` (never with a version, old ones without subject class),
``doi:10.1000/x`` (lower case), ``openreview:…``, ``pmid:…``, ``pmcid:PMC…``, ``acl:2023.acl-long.1``, ``title:`` and 24
hex digits. All are at most 72 characters. A longer DOI is kept as ``doi:~`` and 40 hex digits of its SHA-256;
`doi_from` gives it in full.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, unquote

from rapidfuzz import fuzz

from bot.latex_macros import GREEK
from bot.model import Paper, PaperId
from bot.plain import folded, plain

ID_CHARACTERS = 72
TEXT_CHARACTERS = 4000
TITLE_DIGITS = 24

# Shorter titles are shared by many works: "Introduction", "Editorial", "0".
TELLING_TITLE = 20
TELLING_ABSTRACT_WORDS = 20
COMPARED_ABSTRACT_WORDS = 400
ABSTRACT_OVERLAP = 0.9
# However much an abstract was revised, about half of its words stay; two works share a third, mostly small words.
REVISED_OVERLAP = 0.5
# Of a title of 60 letters about six may differ: a dropped article, another spelling of one word.
NEAR_TITLE = 90
_NUMERALS = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "one", "two", "three", "first", "second"}

_OLD_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
# Four digits from April 2007 to December 2014, five since (arXiv, "Understanding the arXiv identifier").
_FIVE_DIGITS = r"(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5}"
_NEW_ID = rf"(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{{4}}|{_FIVE_DIGITS})"
_OLD_ID = rf"(?:{_OLD_ARCHIVES})(?:\.[a-z-]{{2,12}})?/(?:9[1-9]|0[0-7])(?:0[1-9]|1[0-2])\d{{3}}"
_ARXIV_ID = rf"(?P<arxiv>{_NEW_ID}|{_OLD_ID})(?:v(?P<version>\d{{1,3}}))?"
_DOI = r"10\.\d{4,9}(?:\.\d+)*/[^\s\"]+"

_FLAGS = re.IGNORECASE | re.ASCII
_ARXIV = re.compile(rf"(?:oai:)?(?:arxiv(?:\.org)?\s*:\s*)?{_ARXIV_ID}(?:\s*\[[a-z.-]+\])?", _FLAGS)
_ARXIV_LINK = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]+\.)*(?:arxiv\.org|alphaxiv\.org|ar5iv\.org|arxiv-vanity\.com|huggingface\.co|hf\.co)"
    rf"/(?:abs|pdf|html|ps|format|src|e-print|overview|papers)/(?:arxiv:)?{_ARXIV_ID}(?:\.pdf|\.ps(?:\.gz)?)?/?(?:[?#]\S*)?",
    _FLAGS,
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.{_ARXIV_ID}", _FLAGS)
_BARE_DOI = re.compile(rf"(?:doi\s*[:=]?\s*)?(?P<doi>{_DOI})", re.IGNORECASE)
_DOI_LINK = re.compile(
    rf"(?:https?://)?[a-z0-9.-]+\.[a-z]{{2,}}(?::\d+)?/(?:[^\s?#]*?/)?(?P<doi>{_DOI})", re.IGNORECASE
)
_NATURE_LINK = re.compile(r"(?:https?://)?(?:www\.)?nature\.com/articles/(?P<name>[a-z0-9.-]{4,40})", _FLAGS)
_OPENREVIEW = re.compile(
    r"(?:https?://)?(?:api2?\.)?openreview\.net/(?:forum|pdf|notes|attachment)\?(?:\S*?&)?(?:id|forum)=(?P<note>[\w-]{5,30})"
    r"(?:[&#]\S*)?",
    _FLAGS,
)
_PMID = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/)|pmid\s*:?\s*)"
    r"(?P<pmid>[1-9]\d{0,8})/?(?:[?#]\S*)?",
    _FLAGS,
)
_PMCID = re.compile(
    r"(?:(?:https?://)?(?:pmc\.ncbi\.nlm\.nih\.gov/|(?:www\.)?ncbi\.nlm\.nih\.gov/pmc/)articles/|pmcid\s*:?\s*)?"
    r"(?P<pmcid>pmc\d{4,9})(?:/\S*)?",
    _FLAGS,
)
# New ids name year, venue and volume; old ones a letter and the year (the Anthology's own "Identifiers").
_ACL_ID = r"(?:(?:19|20)\d\d\.[a-z0-9]{1,20}-[a-z0-9]{1,20}\.\d{1,4}|[a-z]\d\d-\d{4})"
_ACL = re.compile(
    rf"(?:https?://)?(?:www\.)?(?:aclanthology\.org|aclanthology\.info/papers|aclweb\.org/anthology)/"
    rf"(?:anthology/)?(?P<acl>{_ACL_ID})(?:v\d+)?(?:\.pdf|\.bib)?/?(?:[?#]\S*)?|acl:(?P<own>{_ACL_ID})",
    _FLAGS,
)
_OWN_FORM = re.compile(rf"(?:openreview:[\w-]{{5,30}}|title:[0-9a-f]{{{TITLE_DIGITS}}}|doi:~[0-9a-f]{{40}})", re.ASCII)
# Within running text four digits after the point are too often a number.
_MENTION = re.compile(
    rf"""https?://[^\s<>"'`|]+|(?<![\w./-])(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+/[^\s<>"'`|]+|"""
    rf"""(?<![\w./-])(?:oai:)?arxiv(?:\.org)?\s?:\s?{_ARXIV_ID.replace("P<arxiv>", ":").replace("P<version>", ":")}|"""
    rf"""(?<![\w./-])(?:doi\s?[:=]?\s?)?{_DOI}|(?<![\w./-])pmid\s?:?\s?[1-9]\d{{0,8}}\b|"""
    rf"""(?<![\w./-]){_FIVE_DIGITS}(?:v\d{{1,3}})?(?![\w/-]|\.\d)""",
    _FLAGS,
)

# What publishers put after the DOI in the addresses of their pages.
_DOI_PAGE = re.compile(
    r"(?:/(?:full|pdf|pdfft|epdf|epub|abstract|abs|html|meta|summary|references|suppl)(?:\.[a-z]+)?|"
    r"\.(?:full|abstract|pdf|html|full\.pdf|full-text))+/?$",
    re.IGNORECASE,
)
_PREPRINT_VERSION = re.compile(r"^(10\.(?:1101|64898)/[\w.]*?\d)v\d{1,3}$", re.IGNORECASE)
_DOI_END = ".,;:!?'\"*_`"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


def paper_id_from(text: str) -> PaperId | None:
    """Return the paper that ``text`` as a whole names: an identifier or a link, with or without a prefix or version.

    None for anything else. Of several identifiers with blanks between (arXiv's DOI field) it is the first.
    """
    text = text.strip().strip("<>").strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    if not text or len(text) > TEXT_CHARACTERS:
        return None
    if found := _read(text):
        return found
    parts = text.split()
    if len(parts) > 1 and all(_read(part) for part in parts[:20]):
        return _read(parts[0])
    return None


def links_in(text: str) -> list[PaperId]:
    """Return the papers that running text names by link or identifier, in order, each once."""
    found = (_read(_bared(mention[0])) for mention in _MENTION.finditer(text))
    return list(dict.fromkeys(paper for paper in found if paper is not None))


def arxiv_version(text: str) -> int | None:
    """Return the version that an arXiv id or link names; None when it names none or is no such thing."""
    found = _arxiv(text.strip())
    return int(found["version"]) if found and found["version"] else None


def doi_from(text: str) -> str | None:
    """Return the DOI that ``text`` is or links to, lower case and in full; None when there is none or it is arXiv's."""
    if len(text) > TEXT_CHARACTERS or _arxiv(text.strip()):
        return None
    return next((doi for part in [text.strip(), *text.split()] if (doi := _doi(part))), None)


def title_id(title: str) -> PaperId:
    """Return the id of a paper of which only the title is known; equal for titles that `normal_title` makes equal."""
    told = normal_title(title) or unicodedata.normalize("NFKC", title).casefold()
    digest = hashlib.sha256(told.encode("utf-8", errors="surrogatepass")).hexdigest()
    return PaperId(f"title:{digest[:TITLE_DIGITS]}")


def normal_title(title: str) -> str:
    """Return a title's letters and digits, folded, without LaTeX; Greek letters and ``&`` by name.

    Pages lose the Greek signs, and journals print ``&`` where authors wrote *and*.
    """
    letters = folded(re.sub(r"\\[A-Za-z]+", " ", plain(title))).replace(" & ", " and ")
    return "".join(_GREEK_NAMES.get(letter, letter) for letter in letters if letter.isalnum())


def same_work(a: Paper, b: Paper) -> bool:
    """Tell whether two records are one work: by id, by DOI, or by a telling title that something else confirms.

    What confirms is the first author's family name, a year at most one off, or the abstract. First authors who are
    clearly two people refute, unless the abstract is the same; so do two different arXiv ids, and, where only the year
    would confirm, two different abstracts; and years more than one apart with abstracts that have little in common. A
    title that is only nearly the same, as a journal may print it, needs both the author and the abstract; a short one
    the abstract.
    """
    if distinct(a, b):
        return False
    return a.id == b.id or _same_doi(a, b) or _same_title(a, b)


def _same_doi(a: Paper, b: Paper) -> bool:
    one, other = (a.doi or "").lower(), (b.doi or "").lower()
    return bool(one and one == other) or f"doi:{other}" == a.id or f"doi:{one}" == b.id


def _same_title(a: Paper, b: Paper) -> bool:
    title, other = normal_title(a.title), normal_title(b.title)
    if title != other:
        return nearly_same_title(title, other) and _confirmed_twice(a, b)
    if title and _same_abstract(a.abstract, b.abstract):
        return True
    if len(title) <= TELLING_TITLE:
        return False
    if a.authors and b.authors:
        return _same_person(a.authors[0], b.authors[0]) and not _another_edition(a, b)
    if _tells(a.abstract) and _tells(b.abstract):
        return False
    return bool(a.published and b.published and abs(a.published.year - b.published.year) <= 1)


def nearly_same_title(one: str, other: str) -> bool:
    """Tell whether two titles, as `normal_title` gives them, differ in little more than a spelling; never in a number.

    The measure is the normalised edit distance without substitutions (rapidfuzz's ratio).
    """
    if min(len(one), len(other)) <= TELLING_TITLE or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return fuzz.ratio(one, other, score_cutoff=NEAR_TITLE) > 0


def may_be_one(a: Paper, b: Paper) -> bool:
    """Tell whether nothing speaks against two papers being one work that a third record looks like."""
    if distinct(a, b):
        return False
    known = bool(a.authors and b.authors)
    return not known or _same_person(a.authors[0], b.authors[0]) or _same_abstract(a.abstract, b.abstract)


def distinct(a: Paper, b: Paper) -> bool:
    """Tell whether two records are two works whatever else they share: authors give one DOI to the parts of a work."""
    return a.id != b.id and a.id.startswith("arxiv:") and b.id.startswith("arxiv:")


def url_of(paper: PaperId) -> str:
    """Return the address of a paper's page; empty when its id leads nowhere."""
    kind, _, name = paper.partition(":")
    match kind:
        case "arxiv":
            return f"https://arxiv.org/abs/{quote(name, safe='/.-')}"
        case "doi" if not name.startswith("~"):
            return f"https://doi.org/{quote(name, safe='/:;()._-~')}"
        case "openreview":
            return f"https://openreview.net/forum?id={quote(name, safe='')}"
        case "acl":
            return f"https://aclanthology.org/{quote(name, safe='')}/"
        case "pmid":
            return f"https://pubmed.ncbi.nlm.nih.gov/{quote(name, safe='')}/"
        case "pmcid":
            return f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(name, safe='')}/"
        case _:
            return ""


def _read(text: str) -> PaperId | None:
    if found := _arxiv(text):
        return PaperId(f"arxiv:{_canonical_arxiv(found['arxiv'])}")
    if _OWN_FORM.fullmatch(text):
        return PaperId(text)
    for form, named in _NUMBERED.items():
        if found := form.fullmatch(text):
            return named(found)
    doi = _doi(text)
    if doi is None:
        return None
    if len(doi) + len("doi:") <= ID_CHARACTERS:
        return PaperId(f"doi:{doi}")
    return PaperId(f"doi:~{hashlib.sha256(doi.encode('utf-8', errors='surrogatepass')).hexdigest()[:40]}")


def _arxiv(text: str) -> re.Match[str] | None:
    if found := _ARXIV.fullmatch(text) or _ARXIV_LINK.fullmatch(text):
        return found
    doi = _doi(text)
    return _ARXIV_DOI.fullmatch(doi) if doi else None


def _canonical_arxiv(name: str) -> str:
    archive, slash, number = name.lower().rpartition("/")
    return f"{archive.split('.')[0]}/{number}" if slash else number


def _canonical_acl(name: str) -> str:
    # Old ids begin with a capital, new ones have none.
    return name.lower() if name[:2].isdigit() else name.upper()


_NUMBERED: dict[re.Pattern[str], Callable[[re.Match[str]], PaperId]] = {
    _OPENREVIEW: lambda found: PaperId(f"openreview:{found['note']}"),
    _PMID: lambda found: PaperId(f"pmid:{found['pmid']}"),
    _PMCID: lambda found: PaperId(f"pmcid:{found['pmcid'].upper()}"),
    _ACL: lambda found: PaperId(f"acl:{_canonical_acl(found['acl'] or found['own'])}"),
}


def _doi(text: str) -> str | None:
    found = _BARE_DOI.fullmatch(text)
    linked = None if found else _DOI_LINK.fullmatch(unquote(text))
    if linked:
        doi = _DOI_PAGE.sub("", re.split(r"[?#]", linked["doi"])[0])
        doi = _PREPRINT_VERSION.sub(r"\1", doi)
    elif found:
        doi = found["doi"]
    else:
        nature = _NATURE_LINK.match(text)
        doi = f"10.1038/{nature['name'].removesuffix('.pdf')}" if nature else ""
    doi = _bared(doi).lower()
    return doi if re.fullmatch(_DOI, doi) else None


def _bared(text: str) -> str:
    """Return a mention without what belongs to the sentence around it: full stops, brackets that it did not open."""
    unopened = {closing: text.count(closing) - text.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(text)
    while end and (text[end - 1] in _DOI_END or unopened.get(text[end - 1], 0) > 0):
        end -= 1
        if text[end] in unopened:
            unopened[text[end]] -= 1
    return text[:end]


_GREEK_NAMES = {letter: name for name, letter in GREEK.items()} | {"ς": "sigma", "ϵ": "epsilon", "ϕ": "phi"}


def _confirmed_twice(a: Paper, b: Paper) -> bool:
    # The parts of a work share their authors and most of their titles; their numerals tell them apart.
    numerals = [[word for word in _spoken(paper.title) if word in _NUMERALS] for paper in (a, b)]
    if numerals[0] != numerals[1] or not (a.authors and b.authors):
        return False
    return _same_person(a.authors[0], b.authors[0]) and _same_abstract(a.abstract, b.abstract)


def _another_edition(a: Paper, b: Paper) -> bool:
    """Tell whether one title of one author is that of two years' works: yearbooks, editorials, reports of a series."""
    if not (a.published and b.published and abs(a.published.year - b.published.year) > 1):
        return False
    return _tells(a.abstract) and _tells(b.abstract) and not _same_abstract(a.abstract, b.abstract, REVISED_OVERLAP)


def _same_person(one: str, other: str) -> bool:
    """Tell whether two spellings of a name may be one person: the family name of one is in the other."""
    return bool(_family(one) & _names(other)) or bool(_family(other) & _names(one))


def _names(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", folded(name)))


def _family(name: str) -> set[str]:
    """Return the last name of ``Given Family`` and the first of ``Family, Given``."""
    told = name.split(",", maxsplit=1)[0] if "," in name else name
    words = [word for word in re.findall(r"[^\W\d_]+", folded(told)) if word not in {"jr", "sr", "ii", "iii"}]
    return set(words[-1:])


def _same_abstract(one: str, other: str, overlap: float = ABSTRACT_OVERLAP) -> bool:
    first, second = _words(one), _words(other)
    shorter = min(len(first), len(second))
    return shorter >= TELLING_ABSTRACT_WORDS and len(first & second) >= overlap * shorter


def _tells(abstract: str) -> bool:
    return len(_words(abstract)) >= TELLING_ABSTRACT_WORDS


def _words(abstract: str) -> set[str]:
    return set(_spoken(abstract)[:COMPARED_ABSTRACT_WORDS])


def _spoken(text: str) -> list[str]:
    return re.findall(r"\w+", folded(plain(text)))
