import json
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from adapters.slack.mrkdwn import UNSHOWABLE
from adapters.slack.render import answered, posted
from bot.replies import (
    Button,
    FactsReply,
    HelpEntry,
    HelpReply,
    NoticeReply,
    OfferedPick,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    kind_of,
)
from tests.adapters.slack.block_kit import links_in, refusals, words_in
from tests.adapters.slack.hostile import buttons, huge_texts, offered, texts
from tests.replies import EVERY_KIND, a_paper, an_offer, of_kind

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]
HOSTILE = "<!channel> & <@U1> *b* :tada: <http://evil.example|arxiv.org>"


@pytest.fixture
def as_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("kind", [kind_of(reply) for reply in EVERY_KIND])
def test_a_reply_of_each_kind_is_answered_as_recorded(kind: str, as_json: SnapshotAssertion) -> None:
    messages = answered(of_kind(kind))
    assert [refusals(message) for message in messages] == [[] for _ in messages]
    assert json.loads(json.dumps(messages)) == as_json


def test_a_digest_is_posted_as_recorded(as_json: SnapshotAssertion) -> None:
    parts = posted(of_kind("picks"))
    assert [refusals(message) for message, _ in parts] == [[] for _ in parts]
    assert json.loads(json.dumps(parts)) == as_json


def test_a_digest_has_a_parent_without_a_paper_and_then_one_message_for_each() -> None:
    papers = [paper for _, paper in posted(of_kind("picks"))]
    assert papers == [None, "arxiv:2603.00001", "arxiv:2603.00002", "arxiv:2603.00003"]


@pytest.mark.parametrize("kind", sorted({kind_of(reply) for reply in EVERY_KIND} - {"picks"}))
def test_other_replies_are_posted_as_they_are_answered(kind: str) -> None:
    reply = of_kind(kind)
    assert [(message["blocks"], paper) for message, paper in posted(reply)] == [
        (message["blocks"], None) for message in answered(reply)
    ]


def check_picks(picks: list[OfferedPick], said: str) -> None:
    reply = PicksReply(said, tuple(picks), notes=(said,), footer=said, more=Button(said, "1:say:today"))
    alone = [message for message, _ in posted(reply)]
    for messages in (list(answered(reply)), alone):
        assert [refusals(message) for message in messages] == [[] for _ in messages]
        shown = "".join(map(words_in, messages))
        for offer in picks:
            assert readable(offer.pick.paper.title) in shown
            assert readable(offer.pick.key_sentence) in shown
            assert all(readable(reason.words) in shown for reason in offer.pick.reasons)
        allowed = {
            unquote(address or "") for offer in picks for address in (offer.pick.paper.url, offer.pick.paper.code_url)
        }
        assert {unquote(link) for link in links_in(messages)} <= allowed
        json.dumps(messages, ensure_ascii=False).encode()


@pytest.mark.parametrize("examples", [12, pytest.param(250, marks=pytest.mark.long)])
def test_any_papers_stand_within_every_limit_call_nobody_and_lose_no_word(examples: int) -> None:
    papers = 0

    @settings(max_examples=examples, deadline=None, suppress_health_check=UNHURRIED)
    @given(picks=st.lists(offered, min_size=4, max_size=9), said=texts)
    def any_papers(picks: list[OfferedPick], said: str) -> None:
        nonlocal papers
        papers += len(picks)
        check_picks(picks, said)

    any_papers()
    assert papers >= 4 * examples


@pytest.mark.parametrize(
    ("picks", "said"),
    [
        ([an_offer(1, a_paper(1, "&" * 9000))], ""),
        ([an_offer(1, a_paper(1, "w " * 9000, authors=("x" * 5000,) * 300))], "<" * 700),
        ([an_offer(number, a_paper(number, HOSTILE)) for number in range(1, 60)], HOSTILE),
    ],
    ids=["one word", "three hundred authors", "sixty papers"],
)
def test_the_hugest_papers_stand_within_every_limit(picks: list[OfferedPick], said: str) -> None:
    check_picks(picks, said)


@settings(max_examples=30, deadline=None, suppress_health_check=UNHURRIED)
@given(text=st.one_of(texts, huge_texts), other=texts, button=buttons)
@example(text="", other="", button=Button("", "1:why:x"))
@example(text="", other="\x1b", button=Button("", "1:why:x"))
@example(text="`" * 160, other="> q", button=Button("x" * 200, "1:why:x"))
def test_any_words_stand_within_every_limit_in_every_other_reply(text: str, other: str, button: Button) -> None:
    replies: list[Reply] = [
        NoticeReply(text, (other, text), (button,) * 30),
        RefusalReply(text, other, button),
        FactsReply(other, ((other, text), (text, other)) * 8, text),
        HelpReply(other, (HelpEntry(other, text, (text, other)),) * 30, other),
    ]
    for reply in replies:
        messages = answered(reply)
        assert [refusals(message) for message in messages] == [[] for _ in messages]
        assert (
            readable(text) in "".join(map(words_in, messages)).replace("`", "")
            or "`" in text
            or isinstance(reply, FactsReply | HelpReply)
        )


def test_a_pick_is_never_divided_between_messages_while_it_fits_into_one() -> None:
    reply = PicksReply("Many", tuple(an_offer(number) for number in range(1, 41)))
    messages = answered(reply)
    assert len(messages) > 1
    assert all(message["blocks"][-1]["type"] == "actions" for message in messages)


def test_a_title_with_mentions_and_a_false_link_links_only_to_its_paper() -> None:
    (message,) = answered(PicksReply("Papers", (an_offer(1, a_paper(1, HOSTILE)),)))
    assert set(links_in(message)) == {"https://arxiv.org/abs/2603.00001"}
    assert "&lt;!channel&gt;" in json.dumps(message)


def test_each_button_carries_its_token_and_an_action_id_of_its_own() -> None:
    (message,) = answered(PicksReply("Papers", (an_offer(1), an_offer(2))))
    found = [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]
    assert found[1]["value"] == "1:nfm:arxiv:2603.00001"
    assert len({element["action_id"] for element in found}) == len(found) == 10


def test_a_label_too_long_for_a_button_stands_above_it_in_full() -> None:
    label = "Search for " + "contrastive learning of graphs " * 4
    (message,) = answered(NoticeReply("Did you mean this?", buttons=(Button(label, "1:say:x"),)))
    assert readable(label) in words_in(message)


def test_a_file_travels_beside_its_sentence() -> None:
    (message,) = answered(of_kind("file"))
    assert message["file"] == {
        "name": "reading-list.bib",
        "media_type": "application/x-bibtex",
        "content": "@misc{one}",
    }


def readable(text: str) -> str:
    shown = UNSHOWABLE.sub("", text).replace("\u200b", "").replace("∣", "|")
    return "".join(shown.split())


def test_a_plot_is_a_picture_from_our_pages_and_none_where_they_cannot_be_reached() -> None:
    preview = of_kind("preview")
    assert isinstance(preview, PreviewReply)
    assert preview.plot is not None
    pictures = [block for message in answered(preview) for block in message["blocks"] if block["type"] == "image"]
    assert pictures == [{"type": "image", "image_url": preview.plot.address, "alt_text": preview.plot.alt}]
    hidden = replace(preview, plot=replace(preview.plot, address=""))
    assert not [block for message in answered(hidden) for block in message["blocks"] if block["type"] == "image"]
