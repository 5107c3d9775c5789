"""A reading list as a file: BibTeX, RIS, CSV, CSL-JSON. Text from papers is hostile to each format in its own way."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import rispy

from bot.model import Paper

# A spreadsheet runs a cell that begins so; the apostrophe makes it text (OWASP, "CSV Injection").
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")

TEX_SPECIALS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
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
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(_tex(author) for author in paper.authors),
        "year": str(paper.published.year) if paper.published else "",
        "doi": _tex(paper.doi or ""),
        "url": paper.url if re.fullmatch(r"https?://[^\s{}%\\]+", paper.url) else "",
        "eprint": paper.id.removeprefix("arxiv:") if paper.id.startswith("arxiv:") else "",
        "archiveprefix": "arXiv" if paper.id.startswith("arxiv:") else "",
        "abstract": _tex(paper.abstract),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_bibtex_key(paper, keys)},", *lines, "}", ""])


def _bibtex_key(paper: Paper, keys: set[str]) -> str:
    family = re.sub(r"[^a-z]", "", paper.authors[0].split()[-1].lower()) if paper.authors and paper.authors[0].split() else ""
    word = next((word for word in re.findall(r"[a-z]{4,}", paper.title.lower())), "paper")
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
            "title": paper.title,
            "authors": list(paper.authors),
            "abstract": paper.abstract,
            **({"year": str(paper.published.year)} if paper.published else {}),
            **({"doi": paper.doi} if paper.doi else {}),
            **({"urls": [paper.url]} if paper.url else {}),
        }
        for paper in papers
    ]
    text: str = rispy.dumps(entries)
    return text


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
            paper.url,
            paper.doi or "",
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
    if paper.doi:
        item["DOI"] = paper.doi
    if paper.url:
        item["URL"] = paper.url
    return item


def _csl_name(author: str) -> dict[str, str]:
    given, _, family = author.rpartition(" ")
    return {"given": given, "family": family} if given else {"literal": author}


FORMATS = {
    "bibtex": Format("BibTeX", "bib", "application/x-bibtex", _bibtex),
    "ris": Format("RIS", "ris", "application/x-research-info-systems", _ris),
    "csv": Format("CSV", "csv", "text/csv", _csv),
    "json": Format("CSL-JSON", "json", "application/vnd.citationstyles.csl+json", _csl_json),
}
