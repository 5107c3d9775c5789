"""Which paper is meant: identifiers, links, titles, and two records of one work."""

import itertools
import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity import (
    ID_CHARACTERS,
    arxiv_version,
    doi_from,
    links_in,
    normal_title,
    paper_id_from,
    same_work,
    title_id,
    url_of,
)
from bot.model import Paper, PaperId

LONG_DOI = "10.1000/" + "x" * 80
ABSTRACT = (
    "We bound the entropy of a policy that was learned by reinforcement and show on nine tasks of robots that its "
    "exploration does not fade while rewards stay sparse, delayed or noisy in each of the simulated worlds."
)


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("1706.03762", "arxiv:1706.03762"),
        ("  1706.03762v5 ", "arxiv:1706.03762"),
        ("arXiv:1706.03762v2", "arxiv:1706.03762"),
        ("arXiv: 1706.03762 [cs.CL]", "arxiv:1706.03762"),
        ("oai:arXiv.org:2401.00001v1", "arxiv:2401.00001"),
        ("https://arxiv.org/abs/1706.03762v1", "arxiv:1706.03762"),
        ("http://export.arxiv.org/pdf/1706.03762.pdf", "arxiv:1706.03762"),
        ("https://arxiv.org/pdf/1706.03762v7.pdf", "arxiv:1706.03762"),
        ("arxiv.org/html/2401.00001v2#S1", "arxiv:2401.00001"),
        ("https://arxiv.org/abs/1706.03762?context=cs", "arxiv:1706.03762"),
        ("https://ar5iv.labs.arxiv.org/html/1706.03762", "arxiv:1706.03762"),
        ("https://huggingface.co/papers/2401.00001", "arxiv:2401.00001"),
        ("https://www.alphaxiv.org/abs/2401.00001v1", "arxiv:2401.00001"),
        ("10.48550/arXiv.1706.03762", "arxiv:1706.03762"),
        ("https://doi.org/10.48550/ARXIV.1706.03762", "arxiv:1706.03762"),
        ("0704.0001", "arxiv:0704.0001"),
        ("1412.6980", "arxiv:1412.6980"),
        ("math.GT/0309136", "arxiv:math/0309136"),
        ("math.CA/0611800v2", "arxiv:math/0611800"),
        ("hep-th/9901001", "arxiv:hep-th/9901001"),
        ("HEP-TH/9901001", "arxiv:hep-th/9901001"),
        ("https://arxiv.org/abs/astro-ph/0601001v3", "arxiv:astro-ph/0601001"),
        ("10.1000/ABC.", "doi:10.1000/abc"),
        ("doi:10.1000/x", "doi:10.1000/x"),
        ("DOI 10.1000/x", "doi:10.1000/x"),
        ("(10.1000/x)", "doi:10.1000/x"),
        ("http://dx.doi.org/10.1103/PhysRev.106.620", "doi:10.1103/physrev.106.620"),
        ("https://dl.acm.org/doi/abs/10.1145/3395363.3397376", "doi:10.1145/3395363.3397376"),
        ("https://link.springer.com/article/10.1007/s10994-021-05946-3?x=1", "doi:10.1007/s10994-021-05946-3"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf", "doi:10.1101/2020.01.01.123456"),
        ("https://www.nature.com/articles/s41586-021-03819-2", "doi:10.1038/s41586-021-03819-2"),
        ("10.1103/PhysRevD.76.1 10.1103/PhysRevD.76.2", "doi:10.1103/physrevd.76.1"),
        (
            "10.1002/(SICI)1097(199823)43:4<338::AID-J1>3.0.CO;2-K",
            "doi:10.1002/(sici)1097(199823)43:4<338::aid-j1>3.0.co;2-k",
        ),
        ("https://openreview.net/forum?id=rJ4km2R5t7&noteId=x", "openreview:rJ4km2R5t7"),
        ("https://openreview.net/pdf?id=rJ4km2R5t7", "openreview:rJ4km2R5t7"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "pmid:12345678"),
        ("PMID: 123456", "pmid:123456"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/", "pmcid:PMC1234567"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/pdf/main.pdf", "pmcid:PMC1234567"),
        ("https://aclanthology.org/2023.acl-long.1/", "acl:2023.acl-long.1"),
        ("https://aclanthology.org/2023.Findings-EMNLP.12.pdf", "acl:2023.findings-emnlp.12"),
        ("aclanthology.org/P19-1001", "acl:P19-1001"),
        ("https://www.aclweb.org/anthology/p19-1001.pdf", "acl:P19-1001"),
        ("acl:P19-1001", "acl:P19-1001"),
        ("https://doi.org/10.18653/v1/2023.acl-long.1", "doi:10.18653/v1/2023.acl-long.1"),
        ("https://huggingface.co/papers/1706.03762", "arxiv:1706.03762"),
        ("https://www.biorxiv.org/content/10.64898/2026.03.30.700001v1", "doi:10.64898/2026.03.30.700001"),
    ],
)
def test_an_identifier_or_link_names_its_paper(text: str, paper: str) -> None:
    assert paper_id_from(text) == paper


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "graph neural networks",
            "3.14159",
            "2012.1234",
            "1501.0001",
            "1234.56789",
            "1313.1234",
            "17060.3762",
        ),
        *(
            "https://example.com/x",
            "https://arxiv.org/list/cs.LG/new",
            "https://huggingface.co/models",
            "https://aclanthology.org/venues/acl/",
            "https://aclanthology.org/volumes/2023.acl-long/",
            "10.1000",
            "doi:",
        ),
        *("foo/9901001", "hep-th/9913001", "\x00", "x" * 100_000, "https://arxiv.org/abs/", "1706.03762 and more"),
    ],
)
def test_other_texts_name_no_paper(text: str) -> None:
    assert paper_id_from(text) is None


def test_the_version_stands_beside_the_id() -> None:
    assert arxiv_version("https://arxiv.org/abs/1706.03762v7") == 7
    assert arxiv_version("math.CA/0611800v2") == 2
    assert arxiv_version("1706.03762") is None
    assert arxiv_version("10.1000/xv2") is None


def test_a_long_doi_still_fits_into_a_button_and_is_told_in_full() -> None:
    paper = paper_id_from(LONG_DOI)
    assert paper is not None
    assert paper.startswith("doi:~")
    assert len(paper) <= ID_CHARACTERS == 72
    assert paper_id_from(f"https://doi.org/{LONG_DOI.upper()}") == paper
    assert doi_from(f"doi:{LONG_DOI.upper()}") == LONG_DOI
    assert url_of(paper) == ""


@settings(max_examples=500, deadline=None)
@given(st.text() | st.text("10.2/vabsarxiv:doi-()<>htps?#=&~ \n"))
def test_every_id_found_is_short_and_finds_itself(text: str) -> None:
    for paper in [paper_id_from(text), *links_in(text)]:
        if paper is not None:
            assert len(paper) <= ID_CHARACTERS
            assert paper_id_from(paper) == paper
            assert url_of(paper) == "" or paper_id_from(url_of(paper)) == paper


def test_links_are_found_in_a_message_in_order_and_once() -> None:
    message = (
        "see https://arxiv.org/abs/1706.03762v2, (arXiv:2401.00001) and doi:10.1000/xyz. Also 10.1038/nature14236); "
        "2301.00001! and <https://huggingface.co/papers/2301.00002> again arxiv.org/abs/1706.03762 costs 1212.1234"
    )
    assert links_in(message) == [
        "arxiv:1706.03762",
        "arxiv:2401.00001",
        "doi:10.1000/xyz",
        "doi:10.1038/nature14236",
        "arxiv:2301.00001",
        "arxiv:2301.00002",
    ]
    assert links_in("nothing here, 3.14 or v1.2301.00001 or https://example.com") == []


@pytest.mark.parametrize(
    "text",
    ["http://" + "a." * 50_000, "10." * 50_000, "a/" * 50_000 + "10.1000/x", "a-" * 50_000, "10.1000/" + ")" * 50_000],
)
def test_hostile_messages_are_searched_in_proportion_to_their_length(text: str) -> None:
    began = time.process_time()
    links_in(text)
    paper_id_from(text)
    doi_from(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("paper", "url"),
    [
        ("arxiv:1706.03762", "https://arxiv.org/abs/1706.03762"),
        ("arxiv:hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("doi:10.1000/a#b<c>", "https://doi.org/10.1000/a%23b%3Cc%3E"),
        ("openreview:rJ4km2R5t7", "https://openreview.net/forum?id=rJ4km2R5t7"),
        ("pmid:123", "https://pubmed.ncbi.nlm.nih.gov/123/"),
        ("pmcid:PMC1234567", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/"),
        ("acl:2023.acl-long.1", "https://aclanthology.org/2023.acl-long.1/"),
        ("title:abc", ""),
        ("17", ""),
    ],
)
def test_an_id_leads_to_its_page_where_it_has_one(paper: str, url: str) -> None:
    assert url_of(PaperId(paper)) == url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention Is All You Need", "attention is all you need."),
        (r"The $\alpha$-Helix of {BERT}", "The α-helix of BERT"),
        (r"Gr\"obner bases: a {\em survey}", "Gröbner Bases — A Survey"),
        ("alpha-Stable Noise", "α-stable noise"),
        ("Deep\n  learning", "Deep Learning"),
    ],
)
def test_spellings_of_one_title_are_equal(one: str, other: str) -> None:
    assert normal_title(one) == normal_title(other)
    assert title_id(one) == title_id(other)


def test_different_titles_have_different_ids_even_without_letters() -> None:
    ids = {title_id(title) for title in ("0", "1", "!!!", "???", "🚀", "🔥", "Introduction", "深度学习")}
    assert len(ids) == 8


def test_the_seed_pages_titles_have_ids_of_their_own(shared_data: Path) -> None:
    papers = json.loads((shared_data / "seed" / "expected.json").read_text())["papers"]
    assert len({title_id(paper["title"]) for paper in papers}) == len(papers) == 92


def work(identifier: str, title: str, **facts: object) -> Paper:
    return Paper(PaperId(identifier), title, **{"abstract": "", **facts})  # type: ignore[arg-type]  # Paper's own fields


TITLE = "Entropy Regularised Policies Explore for Longer"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (work("arxiv:1", "A"), work("arxiv:1", "B")),
        (work("title:x", "A", doi="10.1000/X"), work("pmid:1", "B", doi="10.1000/x")),
        (work("doi:10.1000/x", "A"), work("arxiv:1", "B", doi="10.1000/X")),
        (work("title:x", TITLE, authors=("Ana Müller",)), work("arxiv:1", TITLE.upper(), authors=("A. Muller", "B"))),
        (work("title:x", TITLE, authors=("Müller, Ana",)), work("doi:10.1/x", TITLE, authors=("Ana Müller",))),
        (work("title:x", TITLE, published=date(2025, 12, 30)), work("arxiv:1", TITLE, published=date(2026, 1, 2))),
        (work("title:x", TITLE, abstract=ABSTRACT), work("arxiv:1", TITLE, abstract=ABSTRACT.replace("nine", "9"))),
        (work("title:x", TITLE, abstract=ABSTRACT), work("arxiv:1", TITLE, abstract=ABSTRACT + " Code is public.")),
        (work("title:x", "Attention", abstract=ABSTRACT), work("arxiv:1", "Attention", abstract=ABSTRACT)),
        (
            work("doi:10.1/x", TITLE.replace("ised", "ized"), abstract=ABSTRACT, authors=("Bo, Ana",)),
            work("arxiv:1", TITLE, abstract=ABSTRACT, authors=("Ana Bo",)),
        ),
    ],
)
def test_records_of_one_work_are_told_as_one_from_either_side(a: Paper, b: Paper) -> None:
    assert same_work(a, b)
    assert same_work(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (work("arxiv:1", "0", published=date(2021, 4, 1)), work("doi:10.1/x", "0", published=date(2021, 4, 1))),
        (work("title:x", "Introduction", authors=("Ana Bo",)), work("pmid:1", "Introduction", authors=("Ana Bo",))),
        (work("title:x", TITLE), work("arxiv:1", TITLE)),
        (work("title:x", TITLE, authors=("Ana Bo",)), work("arxiv:1", TITLE, authors=("Cy Do",))),
        (work("title:x", TITLE, published=date(2015, 1, 1)), work("arxiv:1", TITLE, published=date(2026, 1, 1))),
        (work("arxiv:1", TITLE, abstract=ABSTRACT), work("arxiv:2", TITLE, abstract=ABSTRACT)),
        (work("arxiv:1", TITLE, doi="10.1000/x"), work("arxiv:2", TITLE, doi="10.1000/x")),
        *(
            (
                work("doi:10.1/x", f"{TITLE}{part}", abstract=ABSTRACT, authors=("Ana Bo",)),
                work("arxiv:1", TITLE, abstract=ABSTRACT, authors=("Ana Bo",)),
            )
            for part in (": Part II", " 2")
        ),
        (
            work("title:x", TITLE, abstract=ABSTRACT, published=date(2026, 1, 1)),
            work(
                "arxiv:1",
                TITLE,
                abstract=ABSTRACT.upper().translate(str.maketrans("AEIOU", "UOIEA")),
                published=date(2026, 1, 1),
            ),
        ),
        (work("title:x", TITLE, abstract=ABSTRACT), work("arxiv:1", TITLE + " Still", abstract=ABSTRACT)),
    ],
)
def test_records_that_only_look_alike_stay_two(a: Paper, b: Paper) -> None:
    assert not same_work(a, b)
    assert not same_work(b, a)


ATTENTIONS = (
    "Attention",
    "Attention Is All You Need",
    "Attention Is Not All You Need",
    "Is Attention All You Need?",
    "Attention Is All You Need in Speech Separation",
    "Attention Is All You Need, but You Don't Need All of It",
    "Attention, Please! A Survey of Neural Attention",
)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ATTENTIONS, 2)))
def test_titles_about_attention_stay_apart_even_of_one_author_in_one_year(one: str, other: str) -> None:
    a = work("doi:10.1/a", one, abstract=ABSTRACT, authors=("Ana Bo",), published=date(2026, 1, 1))
    swapped = ABSTRACT.upper().translate(str.maketrans("AEIOU", "UOIEA"))
    b = work("doi:10.1/b", other, abstract=swapped, authors=("Ana Bo",), published=date(2026, 1, 1))
    assert not same_work(a, b)
    assert not same_work(replace(a, abstract=""), replace(b, abstract=""))


@pytest.mark.parametrize(("years", "same"), [(0, True), (1, True), (4, False)])
def test_a_yearbook_s_volumes_are_works_of_their_own(years: int, same: bool) -> None:  # noqa: FBT001 - a table of facts
    first = work("doi:10.1/a", TITLE, abstract=ABSTRACT, authors=("Cuadra, C.",), published=date(1966, 1, 1))
    swapped = ABSTRACT.upper().translate(str.maketrans("AEIOU", "UOIEA"))
    later = replace(first, id=PaperId("doi:10.1/b"), abstract=swapped, published=date(1966 + years, 1, 1))
    assert same_work(first, later) is same
    # The same paper printed years later keeps most of its abstract.
    revised = replace(later, abstract=" ".join(ABSTRACT.split()[: len(ABSTRACT.split()) * 2 // 3]) + " We add a proof.")
    assert same_work(first, revised)
