"""A reader's own library: BibTeX, RIS, CSL-JSON."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.adapters.sources.reading import read_path, read_text


@pytest.mark.parametrize(
    ("fields", "known_as"),
    [
        ("eprint = {1412.6980}, archivePrefix = {arXiv}", "arxiv:1412.6980"),
        ("eprint = {math/0211159}", "arxiv:math/0211159"),
        ("arxivId = {1412.6980v9}", "arxiv:1412.6980"),
        ("journal = {arXiv preprint arXiv:1503.02531}", "arxiv:1503.02531"),
        ("note = {arXiv:1706.03762 [cs]}", "arxiv:1706.03762"),
        ("url = {http://arxiv.org/abs/1706.03762}", "arxiv:1706.03762"),
        ("doi = {10.48550/arXiv.1706.03762}", "arxiv:1706.03762"),
        ("doi = {https://doi.org/10.1007/BF01700692}", "doi:10.1007/bf01700692"),
        ("doi = {10.1000/a.}, url = {https://example.org/x}", "doi:10.1000/a"),
    ],
)
def test_the_identifier_is_found_in_whatever_field_it_stands(fields: str, known_as: str, tmp_path: Path) -> None:
    reading = read_text(tmp_path, "@article{key, title = {A title}, " + fields + "}")
    assert reading.ids == [known_as]


def test_latex_and_protecting_braces_become_words(tmp_path: Path) -> None:
    text = (
        "@article{k, title = {{On} the {Ricci} flow in {{Poincar\\'{e}}}'s \\emph{sense}: $\\{0, 1\\}$},"
        "author = {Kaiser, {\\L}ukasz and {\\'E}tienne, Jr., Jean and {The Example, Consortium} and others},"
        "year = 2024, month = dec}"
    )
    paper = read_text(tmp_path, text).paper
    assert paper.title == "On the Ricci flow in Poincaré's sense: {0, 1}"
    assert paper.authors == ("Łukasz Kaiser", "Jean Étienne Jr.", "The Example, Consortium")
    assert paper.published == date(2024, 12, 1)


def test_strings_comments_preambles_and_free_text_are_no_papers(tmp_path: Path) -> None:
    text = (
        'Exported by hand.\n@string{j = "Journal"}\n@preamble{"\\newcommand{\\x}{y}"}\n@comment{nothing}\n'
        '@article{a, title = {One}, journal = j}\nand more\n@book{b, title = "Two"}\n'
    )
    reading = read_text(tmp_path, text)
    assert [paper.title for paper in reading.papers] == ["One", "Two"]
    assert reading.rejected == ()


def test_a_broken_entry_costs_only_itself_and_is_told_by_its_line(shared_data: Path) -> None:
    reading = read_path(shared_data / "sources" / "bibtex" / "broken_unclosed_brace_by_hand.bib")
    assert [paper.title for paper in reading.papers] == ["A good entry", "An entry after the broken one"]
    assert [item.where for item in reading.rejected] == ["line 6"]


def test_a_repeated_key_is_read_as_the_entry_that_it_is(shared_data: Path) -> None:
    papers = read_path(shared_data / "sources" / "bibtex" / "mendeley_export_by_hand.bib").papers
    assert [paper.authors[0] for paper in papers] == ["Henri Poincaré", "Diederik P. Kingma", "D. P. Kingma"]
    assert papers[2].published == date(2015, 1, 1)


def test_nothing_of_the_library_s_own_notes_and_paths_is_kept(shared_data: Path) -> None:
    papers = read_path(shared_data / "sources" / "bibtex" / "zotero_export_by_hand.bib").papers
    assert "Users" not in repr(papers)
    assert "15 pages" not in repr(papers)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_ris_record_tells_title_names_day_and_doi(ends: str, tmp_path: Path) -> None:
    record = [
        "\ufeffTY  - JOUR",
        "T1  - A title",
        "A1  - Example, Ada",
        "A1  - Sample, Bo",
        "PY  - 2016/12//",
        "DO  - http://dx.doi.org/10.1016/J.X",
        "N2  - What it is about.",
        "XX  - unknown",
        "ER  - ",
    ]
    paper = read_text(tmp_path, ends.join([*record, ""])).paper
    assert paper.title == "A title"
    assert paper.authors == ("Ada Example", "Bo Sample")
    assert paper.abstract == "What it is about."
    assert paper.published == date(2016, 12, 1)
    assert paper.doi == "10.1016/j.x"


def test_a_damaged_ris_record_costs_only_itself(tmp_path: Path) -> None:
    bodies = ("TI  - One\nER  - ", "TI  - Two", "ER  - ", "TI  - Four\nER  - ")
    text = "".join(f"TY  - JOUR\n{body}\n\n" for body in bodies)
    reading = read_text(tmp_path, text)
    assert [paper.title for paper in reading.papers] == ["One", "Four"]
    assert [(item.where, item.why) for item in reading.rejected] == [
        ("record 2", "it has no end (ER)"),
        ("record 3", "it has no title"),
    ]


def test_a_heading_alone_is_no_abstract(shared_data: Path) -> None:
    assert read_path(shared_data / "sources" / "ris" / "sciencedirect_export.ris").paper.abstract == ""


def test_csl_days_may_be_text_or_missing_and_names_whole(shared_data: Path) -> None:
    papers = read_path(shared_data / "sources" / "csl_json" / "zotero_export_by_hand.json").papers
    assert [paper.id.split(":")[0] for paper in papers] == ["arxiv", "doi", "title"]
    assert [paper.published for paper in papers] == [date(2023, 8, 2), date(2016, 6, 1), None]
    assert papers[2].authors == ("World Example Organization",)


def test_an_item_without_title_is_told_by_its_number(tmp_path: Path) -> None:
    items = [{"type": "article", "title": "One", "DOI": "10.1/a"}, {"type": "article", "title": "", "DOI": "10.1/b"}]
    reading = read_text(tmp_path, json.dumps(items))
    assert [paper.title for paper in reading.papers] == ["One"]
    assert [(item.where, item.why) for item in reading.rejected] == [("entry 2", "it has no title")]
