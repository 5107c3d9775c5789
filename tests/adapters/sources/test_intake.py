"""The door through which every paper comes."""

import pytest

from adapters.sources.dates import day_of, instant_of
from adapters.sources.intake import (
    BadEntry,
    CutOff,
    Entry,
    Unreadable,
    admit,
    arxiv_mentions,
    given_name,
    readable_abstract,
    web_address,
)
from adapters.sources.markup import FRONT_MATTER, words_in
from adapters.sources.xml_entries import words_of, xml_list
from bot.announcements import RejectedItem


def an_entry(
    title: str = "On the entropy of paper rounds", abstract: str = "What it is about.", **told: object
) -> Entry:
    return Entry(title, abstract, "file", **told)  # type: ignore[arg-type]


def test_the_id_is_arxiv_s_else_a_doi_else_another_else_the_given_one_else_of_the_title() -> None:
    all_of_them = ("x", "pmid:12", "10.1000/X", "arXiv:1706.03762v5")
    assert admit(an_entry(identifiers=all_of_them, given_id="g")).id == "arxiv:1706.03762"
    assert admit(an_entry(identifiers=all_of_them[:3], given_id="g")).id == "doi:10.1000/x"
    assert admit(an_entry(identifiers=all_of_them[:2], given_id="g")).id == "pmid:12"
    assert admit(an_entry(identifiers=all_of_them[:1], given_id="g")).id == "g"
    assert admit(an_entry()).id.startswith("title:")


def test_the_doi_is_the_other_one_when_the_id_tells_its_own() -> None:
    assert admit(an_entry(identifiers=("10.1101/2025.01.01.1", "10.1038/s1"))).doi == "10.1038/s1"
    assert admit(an_entry(identifiers=("10.1038/s1",))).doi == "10.1038/s1"
    assert admit(an_entry(identifiers=("arXiv:1706.03762", "10.1038/s1"))).doi == "10.1038/s1"


def test_a_short_title_names_a_paper_only_together_with_its_first_author() -> None:
    ids = {admit(an_entry("Introduction", authors=(name,))).id for name in ("Ada Example", "Bo Sample")}
    assert len(ids) == 2
    told = {admit(an_entry(authors=(name,))).id for name in ("Ada Example", "A. Example")}
    assert len(told) == 1


def test_an_entry_of_nothing_is_no_paper() -> None:
    with pytest.raises(BadEntry):
        admit(an_entry(" ", "\u200b"))


@pytest.mark.parametrize(
    ("comment", "abstract", "withdrawn"),
    [
        ("Withdrawn due to an error", "", True),
        ("12 pages", "This paper has been withdrawn by the author.", True),
        ("", "This submission was temporarily withdrawn.", True),
        ("12 pages", "Money withdrawn from banks is counted.", False),
        ("We thank those who have withdrawn", "About it.", False),
    ],
)
def test_a_withdrawal_is_told_from_a_paper_about_withdrawing(comment: str, abstract: str, withdrawn: bool) -> None:  # noqa: FBT001
    assert admit(an_entry(abstract=abstract, comment=comment)).withdrawn == withdrawn


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Example, Ada", "Ada Example"),
        ("von Last, Jr., First", "First von Last Jr."),
        ("Sherry, John F., Jr.", "John F. Sherry Jr."),
        ("Ada Example", "Ada Example"),
        ("A, B, C, D", "A, B, C, D"),
    ],
)
def test_a_name_reads_as_it_is_spoken(written: str, read: str) -> None:
    assert given_name(written) == read


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/x", "//example.org", "http://", "http://[", "a b"],
)
def test_only_web_addresses_are_links(address: str) -> None:
    assert web_address(address) == ""
    assert admit(an_entry(url=address, code_url=address)).url == ""


def test_arxiv_ids_are_found_within_a_sentence() -> None:
    assert arxiv_mentions("see arXiv:1706.03762v5 [cs] and https://arxiv.org/abs/hep-th/9901001.") == (
        "arXiv:1706.03762v5",
        "arXiv:hep-th/9901001",
    )
    assert arxiv_mentions("page 1706.03762") == ()


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("a < b & c", "a < b & c"),
        ("CO<sub>2</sub> at 10<sup>-6</sup> m<sup>th</sup>", "CO₂ at 10⁻⁶ mth"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("<jats:title>Abstract</jats:title><jats:p>We &amp; they.</jats:p>", "Abstract We & they."),
        ("x<script>alert(1)</script>y", "xy"),
        ("&lt;b&gt; stays text", "<b> stays text"),
    ],
)
def test_markup_becomes_words(markup: str, words: str) -> None:
    assert " ".join(words_in(markup).split()) == words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024", "2024-01-01"),
        ("2024-03", "2024-03-01"),
        ("2016/12//", "2016-12-01"),
        ("2023/08/02/", "2023-08-02"),
        ("2026-04-20T00:00:00+02:00", "2026-04-20"),
        ("Mon, 27 Apr 2026 00:00:00 -0400", "2026-04-27"),
        ("2026-04-27 10:00", "2026-04-27"),
    ],
)
def test_a_day_is_read_in_every_form_and_stays_that_of_its_zone(text: str, day: str) -> None:
    assert str(day_of(text)) == day


@pytest.mark.parametrize("text", ["", "soon", "2024-13", "2024-02-30", "20240311", "99999999999-01-01"])
def test_what_is_no_day_is_told(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words
        day_of(text)


def test_an_instant_is_given_in_utc() -> None:
    assert instant_of("Mon, 27 Apr 2026 00:00:00 -0400").isoformat() == "2026-04-27T04:00:00+00:00"
    assert instant_of("2026-04-27T04:00:00").isoformat() == "2026-04-27T04:00:00+00:00"


def test_a_damaged_entry_costs_only_itself_and_the_end_of_the_text_is_told() -> None:
    text = b"<list><entry><t>one</t></entry><entry><t>two</entry><entry><t>three</t></entry><entry><t>fo"
    parts = list(xml_list(text, "entry").parsed())
    assert [words_of(part[1], "t") for part in parts if not isinstance(part, RejectedItem)] == ["one", "three"]
    assert [part.where for part in parts if isinstance(part, RejectedItem)] == ["entry 2", "entry 4"]
    assert isinstance(parts[-1], CutOff)


@pytest.mark.parametrize("declared", ["utf-8", "ISO-8859-1", "windows-1252", "no-such-encoding"])
@pytest.mark.parametrize("sent", ["utf-8", "latin-1"])
def test_a_wrong_encoding_gives_way_to_what_the_bytes_are(declared: str, sent: str) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?><list><entry>Poincaré</entry></list>'.encode(sent)
    (part,) = xml_list(document, "entry").parsed()
    assert not isinstance(part, RejectedItem)
    assert words_of(part[1], ".") == "Poincaré"


@pytest.mark.parametrize("document", [b"", b"text", b"<list/>", b"<!DOCTYPE list><list></list>", b"<html></html>"])
def test_what_is_no_list_is_refused(document: bytes) -> None:
    with pytest.raises(Unreadable):
        xml_list(document, "entry")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Bal\\'azs shows\nthat $x < y$.", "Balázs shows that x < y."),
        ("<jats:title>Abstract</jats:title><jats:p>Water is wet.</jats:p>", "Water is wet."),
        ("<p>J. Phys., Published online: 1 March 2026; doi:10.1/x We measure.</p>", "We measure."),
        ("Abstract interpretation is sound.", "Abstract interpretation is sound."),
    ],
)
def test_an_original_reads_again_as_it_was_read_first(written: str, read: str) -> None:
    told = FRONT_MATTER.sub("", words_in(written)) if written.startswith("<") else written
    paper = admit(an_entry(abstract=told, original=written))
    assert paper.abstract == read
    assert (paper.original or paper.abstract) == written
    assert readable_abstract(written) == read


def test_an_original_that_needed_no_cleaning_is_not_kept_twice() -> None:
    assert admit(an_entry(abstract="As it is.")).original == ""
    assert admit(an_entry(abstract="A \0 sign.")).original == "A  sign."
