"""Reading lists as files: each is read back by its own format's reader, and by our own, without loss or danger."""

import asyncio
import csv
import io
import json
import string
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sources.file import FileSource
from bot.export import CSV_COLUMNS, FORMATS, exported
from bot.model import Paper, PaperId
from bot.plain import clean, plain

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
HOSTILE = r"""50% of {braces} $x$ & #1_a ~b^c \input{/etc/passwd} @misc{x, "quoted", 'and' author = {y}"""


def paper(title: str = "Entropy of Text", identifier: str = "arxiv:2603.00001", **facts: object) -> Paper:
    given = {"abstract": "We measure it.", "authors": ("Ana Müller",), "published": date(2026, 3, 10), **facts}
    return Paper(PaperId(identifier), title, **given)  # type: ignore[arg-type]  # Paper's own fields


def read_back(text: str, form: str, folder: Path) -> list[Paper]:
    path = folder / f"list.{FORMATS[form].ending}"
    path.write_text(text, encoding="utf-8")

    async def papers() -> list[Paper]:
        return [item async for item in FileSource(path).papers(NOW) if isinstance(item, Paper)]

    return asyncio.run(papers())


def facts(papers: Sequence[Paper]) -> list[tuple[object, ...]]:
    return [(each.id, each.title, each.authors, each.abstract) for each in papers]


PIECES = st.sampled_from([*"\\$_^~`'\"%&#-ab1 .;,é=+@>|漢", r"\alpha", "$x$", "``", "--", " and ", "word "])
# What passed the door: readable already, so that reading it once more changes nothing.
KEPT = (st.lists(PIECES, max_size=20).map("".join) | st.text(max_size=30)).map(lambda text: clean(plain(text), 300))
# Braces and quotation marks around a whole text are what readers of BibTeX take off; "<" begins a tag for others.
TEXTS = KEPT.filter(
    lambda text: plain(text) == text and any(each.isalnum() for each in text) and not set('{}<"') & set(text)
)
NAMES = st.lists(
    st.sampled_from(["Ana", "B.", "de", "Jr.", "O'Neil", "Müller", "Collaboration", "and", "Élie", "李"]),
    min_size=1,
    max_size=3,
).map(" ".join)
IDS = st.sampled_from(
    ["arxiv:2301.00001", "arxiv:hep-th/9901001", "doi:10.1000/a_b(c)", "pmid:123", "openreview:a_B-c"]
)


@pytest.mark.parametrize("form", ["bibtex", "ris", "json"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXTS, authors=st.lists(NAMES, max_size=3, unique=True), identifier=IDS, abstract=TEXTS)
def test_a_list_that_is_read_again_is_the_same_list(
    form: str, tmp_path: Path, title: str, authors: list[str], identifier: str, abstract: str
) -> None:
    kept = paper(title, identifier, authors=tuple(authors), abstract=abstract)
    assert facts(read_back(exported([kept], form), form, tmp_path)) == facts([kept])


def test_bibtex_is_whole_for_its_own_parser_whatever_the_texts_hold() -> None:
    papers = [paper(HOSTILE, abstract=HOSTILE, authors=("A and B", "C, D", "{", "E %")), paper("}", authors=())]
    library = parse_string(exported(papers, "bibtex"))
    assert not library.failed_blocks
    assert len(library.entries) == 2
    text = exported(papers, "bibtex")
    for escaped in (r"\%", r"\textbraceleft{}", r"\&", r"\#", r"\_", r"\textasciitilde{}", r"\textbackslash{}input"):
        assert escaped in text
    assert text.count("{") == text.count("}")


def test_bibtex_keys_are_plain_and_never_twice() -> None:
    papers = [paper(identifier=f"arxiv:2603.{n:05}") for n in range(3)] + [paper("漢字", authors=("李 明",))]
    keys = [entry.key for entry in parse_string(exported(papers, "bibtex")).entries]
    assert keys == ["muller2026entropy", "muller2026entropy-2", "muller2026entropy-3", "anon2026paper"]
    assert set("".join(keys)) <= set(string.ascii_lowercase + string.digits + "-")


def test_ris_keeps_each_text_on_its_line() -> None:
    sly = "Entropy\nER  - \nTY  - JOUR\nTI  - Not asked for"
    records = rispy.loads(exported([paper(sly, abstract=sly, doi="10.1000/x")], "ris"))
    assert len(records) == 1
    assert records[0]["title"] == " ".join(sly.split())
    assert records[0]["authors"] == ["Müller, Ana"]
    assert records[0]["doi"] == "10.1000/x"
    assert records[0]["urls"] == ["https://arxiv.org/abs/2603.00001"]


@pytest.mark.parametrize("start", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\tx", "\rx"])
def test_no_cell_of_a_spreadsheet_is_a_formula(start: str) -> None:
    rows = list(csv.reader(io.StringIO(exported([paper(start, abstract=start, authors=(start,))], "csv"))))
    assert tuple(rows[0]) == CSV_COLUMNS
    for cell in rows[1]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert rows[1][1] == f"'{start}"


def test_csv_keeps_commas_quotes_and_every_column() -> None:
    kept = paper('A "quoted", title', doi="10.1000/x", authors=("Ana Müller", "B. Li"))
    (row,) = list(csv.DictReader(io.StringIO(exported([kept], "csv"))))
    assert row == {
        "id": "arxiv:2603.00001",
        "title": 'A "quoted", title',
        "authors": "Ana Müller; B. Li",
        "published": "2026-03-10",
        "url": "https://arxiv.org/abs/2603.00001",
        "doi": "10.1000/x",
        "abstract": "We measure it.",
    }


def test_csl_json_tells_persons_from_groups() -> None:
    names = ("Ana Müller", "The LIGO Scientific Collaboration", "Plato", "Jan van der Berg")
    (item,) = json.loads(exported([paper(authors=names, identifier="doi:10.1000/x")], "json"))
    assert item["author"] == [
        {"given": "Ana", "family": "Müller"},
        {"literal": "The LIGO Scientific Collaboration"},
        {"literal": "Plato"},
        {"given": "Jan van der", "family": "Berg"},
    ]
    assert item["DOI"] == "10.1000/x"
    assert item["URL"] == "https://doi.org/10.1000/x"
    assert item["issued"] == {"date-parts": [[2026, 3, 10]]}


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_empty_list_and_a_paper_of_which_little_is_known_are_files_too(form: str) -> None:
    assert isinstance(exported([], form), str)
    bare = Paper(PaperId("title:0123456789abcdef01234567"), "Only a title", "")
    assert "Only a title" in exported([bare], form)
