"""Slack's and Discord's payloads, drawn."""

import json
import re

import pytest

from adapters.discord import render as discord
from adapters.slack import render as slack
from adapters.web.native import discord_lines, drawn, slack_text
from adapters.web.render import native_html
from bot.replies import Reply
from tests.adapters.web.test_render import HOSTILE, NOON, Seen, every_kind

PLATFORMS = pytest.mark.parametrize("platform", [slack, discord], ids=["slack", "discord"])


@PLATFORMS
@pytest.mark.parametrize("reply", every_kind("entropy"), ids=lambda reply: type(reply).__name__)
def test_all_that_a_payload_says_is_drawn(platform: object, reply: Reply) -> None:
    payloads = platform.answered(reply)  # type: ignore[attr-defined]  # a module with the contract's functions
    seen = Seen(native_html("It", payloads, NOON).split("<details>")[0])
    said = re.findall(r"'(?:[A-Za-z]+ )?entropy[^']*'|'[A-Z][a-z]+ entropy'", repr(reply))
    written = json.dumps(payloads)
    drawn_words = seen.words
    missing = [text for text in (one.strip("'") for one in said) if text in written and text not in drawn_words]
    assert said
    assert missing == []


@PLATFORMS
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_others_write_into_a_payload_stays_words(platform: object, hostile: str) -> None:
    for reply in every_kind(hostile):
        html = native_html("It", platform.answered(reply), NOON)  # type: ignore[attr-defined]  # likewise
        seen = Seen(html)
        assert not seen.tags & {"script", "img", "iframe", "style", "form", "object"}
        assert not [name for name, _ in seen.attributes if name.startswith("on") or name in {"style", "srcdoc"}]
        assert not [value for name, value in seen.attributes if name in {"href", "src"} and "script" in value]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and _italic_", "<b>bold</b> and <i>italic</i>"),
        ("a * b * c, snake_case_name", "a * b * c, snake_case_name"),
        ("`code *x*`", "<code>code *x*</code>"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("<b>", "&lt;b&gt;"),
        ("<i> *bold* <u>", "&lt;i&gt; <b>bold</b> &lt;u&gt;"),
        ("*<i>*", "<b>&lt;i&gt;</b>"),
        ("&amp;lt;", "&amp;lt;"),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("one\ntwo", "one<br>two"),
    ],
)
def test_slacks_markup_is_read_as_slack_reads_it(text: str, html: str) -> None:
    assert slack_text(text) == html


def test_a_link_of_slack_has_its_label() -> None:
    html = slack_text("*1*  <https://arxiv.org/abs/1?a=1&amp;b=2|A &lt;title&gt;>")
    assert html.startswith("<b>1</b>  ")
    assert 'href="https://arxiv.org/abs/1?a=1&amp;b=2"' in html
    assert ">A &lt;title&gt;</a>" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**82 %** is *much*", "<b>82 %</b> is <i>much</i>"),
        (r"Key \<b\> \*x\*", "Key &lt;b&gt; *x*"),
        (r"snake\_case\_name", "snake_case_name"),
        ("`a **b**`", "<code>a **b**</code>"),
        ("> quoted", '<span class="quote">quoted</span>'),
        ("-# `/papers help`", '<span class="small"><code>/papers help</code></span>'),
        ("### Head", '<span class="h3">Head</span>'),
        ("2 * 3 * 4, snake_case_name", "2 * 3 * 4, snake_case_name"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("<i> **bold** `<u>`", "&lt;i&gt; <b>bold</b> <code>&lt;u&gt;</code>"),
    ],
)
def test_discords_markup_is_read_as_discord_reads_it(text: str, html: str) -> None:
    assert discord_lines(text) == (html,)


def test_a_link_of_discord_has_its_label() -> None:
    [html] = discord_lines(r"[A \[title\]](<https://arxiv.org/abs/1>)")
    assert 'href="https://arxiv.org/abs/1"' in html
    assert ">A [title]</a>" in html


def test_the_title_of_an_embed_is_read_as_markup_too() -> None:
    [embed] = drawn({"embeds": [{"title": r"Picks of \#daily-papers \<b\>"}]}).pieces
    assert embed.title == "Picks of #daily-papers &lt;b&gt;"


def test_a_payload_of_neither_shape_is_shown_as_it_stands() -> None:
    assert drawn({"something": 1}).pieces == ()
    assert json.loads(drawn({"something": 1}).raw) == {"something": 1}
    strange = {"blocks": [7, {"type": "context", "elements": None}], "embeds": {"color": "x"}}
    assert len(drawn(strange).pieces) == 1
