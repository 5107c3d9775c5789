"""A reading list as a file: BibTeX, RIS, CSV, CSL-JSON. Text from papers is hostile to each format in its own way."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import rispy

from bot.identity import url_of
from bot.model import Paper
from bot.plain import folded

# A spreadsheet runs a cell that begins so; the apostrophe makes it text (OWASP, "CSV Injection").
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")

TEX_SPECIALS = {
    "\\": r"\textbackslash{}",
    # \{ would do for TeX, but BibTeX counts its brace when it looks for the end of a field.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
# A name that is no person's has no family name to sort by.
GROUP = re.compile(r",|\b(?:collaboration|consortium|team|group|network|committee|project)\b", re.IGNORECASE)
CSV_COLUMNS = ("id", "title", "authors", "published", "url", "doi", "abstract")


@dataclass(frozen=True, slots=True)
class Format:
    title: str
    ending: str
    media_type: str
    write: Callable[[Sequence[Paper]], str]


def exported(papers: Sequence[Paper], form: str) -> str:
    """Return papers in one of the `FORMATS`; reading it back gives titles, authors and identifiers unchanged."""
    return FORMATS[form].write(papers)


def _bibtex(papers: Sequence[Paper]) -> str:
    keys: set[str] = set()
    return "\n".join(_bibtex_entry(paper, keys) for paper in papers)


def _bibtex_entry(paper: Paper, keys: set[str]) -> str:
    address = _address(paper)
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(_bibtex_name(author) for author in paper.authors),
        "year": str(paper.published.year) if paper.published else "",
        # Read as it stands by biblatex and by reference managers, underscores and all.
        "doi": _verbatim(_doi(paper)),
        "url": _verbatim(address) if address.startswith(("http://", "https://")) else "",
        "eprint": paper.id.removeprefix("arxiv:") if paper.id.startswith("arxiv:") else "",
        "archiveprefix": "arXiv" if paper.id.startswith("arxiv:") else "",
        "abstract": _tex(paper.abstract),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_bibtex_key(paper, keys)},", *lines, "}", ""])


def _verbatim(text: str) -> str:
    """Return an identifier for BibTeX; empty when it holds what cannot stand in a field without an escape."""
    return text if re.fullmatch(r"[^\s{}%\\]+", text) else ""


def _bibtex_name(author: str) -> str:
    # Braces keep a name whole: BibTeX parts names at "and" and at commas.
    whole = GROUP.search(author) or re.search(r"\band\b", author)
    return f"{{{_tex(author)}}}" if whole else _tex(author)


def _bibtex_key(paper: Paper, keys: set[str]) -> str:
    last = paper.authors[0].split()[-1:] if paper.authors else []
    family = re.sub(r"[^a-z]", "", folded("".join(last)))
    word = next((word for word in re.findall(r"[a-z]{4,}", folded(paper.title))), "paper")
    stem = f"{family or 'anon'}{paper.published.year if paper.published else ''}{word}"
    key = stem
    number = 2
    while key in keys:
        key = f"{stem}-{number}"
        number += 1
    keys.add(key)
    return key


def _tex(text: str) -> str:
    return "".join(TEX_SPECIALS.get(character, character) for character in text)


def _ris(papers: Sequence[Paper]) -> str:
    entries = [
        {
            "type_of_reference": "GEN",
            "title": _line(paper.title),
            "authors": [_ris_name(_line(author)) for author in paper.authors],
            **({"abstract": _line(paper.abstract)} if paper.abstract else {}),
            **({"year": str(paper.published.year)} if paper.published else {}),
            **({"doi": doi} if (doi := _doi(paper)) else {}),
            **({"urls": [_line(address)]} if (address := _address(paper)) else {}),
        }
        for paper in papers
    ]
    text: str = rispy.dumps(entries)
    return text


def _line(text: str) -> str:
    """Return text on one line: a line break would begin a field of its own."""
    return " ".join(text.split())


def _ris_name(author: str) -> str:
    given, _, family = author.rpartition(" ")
    return author if not given or GROUP.search(author) else f"{family}, {given}"


def _csv(papers: Sequence[Paper]) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(CSV_COLUMNS)
    for paper in papers:
        row = [
            paper.id,
            paper.title,
            "; ".join(paper.authors),
            paper.published.isoformat() if paper.published else "",
            _address(paper),
            _doi(paper),
            paper.abstract,
        ]
        rows.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA_START) else value


def _csl_json(papers: Sequence[Paper]) -> str:
    return json.dumps([_csl_item(paper) for paper in papers], ensure_ascii=False, indent=1)


def _csl_item(paper: Paper) -> dict[str, object]:
    item: dict[str, object] = {
        "id": paper.id,
        "type": "article",
        "title": paper.title,
        "author": [_csl_name(author) for author in paper.authors],
        "abstract": paper.abstract,
    }
    if paper.published:
        item["issued"] = {"date-parts": [[paper.published.year, paper.published.month, paper.published.day]]}
    if doi := _doi(paper):
        item["DOI"] = doi
    if address := _address(paper):
        item["URL"] = address
    return item


def _csl_name(author: str) -> dict[str, str]:
    given, _, family = author.rpartition(" ")
    return {"literal": author} if not given or GROUP.search(author) else {"given": given, "family": family}


def _doi(paper: Paper) -> str:
    name = paper.id.removeprefix("doi:") if paper.id.startswith("doi:10.") else ""
    return paper.doi or name


def _address(paper: Paper) -> str:
    return paper.url or url_of(paper.id)


FORMATS = {
    "bibtex": Format("BibTeX", "bib", "application/x-bibtex", _bibtex),
    "ris": Format("RIS", "ris", "application/x-research-info-systems", _ris),
    "csv": Format("CSV", "csv", "text/csv", _csv),
    "json": Format("CSL-JSON", "json", "application/vnd.citationstyles.csl+json", _csl_json),
}
