"""Strategies for hostile papers and the replies that show them."""

from hypothesis import strategies as st

from bot.model import Paper, PaperId, Pick, Reason, ReasonKind
from bot.replies import Button, ButtonStyle, OfferedPick

# What titles, names and interests come with: markup of Slack, mentions, scripts, marks, LaTeX that nobody cleaned.
SNIPPETS = [
    *[
        "<!channel>",
        "<@U123>",
        "<#C1|x>",
        "<!subteam^S1>",
        "@everyone",
        "@here",
        "&",
        "&amp;",
        "&lt;!here&gt;",
        "<",
        ">",
    ],
    *["|", "<http://evil.example|arxiv.org>", "[click](javascript:x)", "*bold*", "_it_", "~no~", "`code`", "```"],
    *[
        ":smile:",
        "x_1",
        "$\\alpha_{i}$",
        "\\textbf{bold}",
        "\\'e",
        "A*",
        "a*b*c",
        "#general",
        "> quoted",
        "إدراك الرسوم",
    ],
    *[
        "למידה עמוקה",
        "深度学习",
        "é",
        "🧑\u200d🔬",
        "👍🏽",
        "\u202egnp.exe",
        "\u200b",
        "\x00",
        "\x0c",
        "\ud800",
        "\n\n",
        "\t",
    ],
    *["e\u0301" * 40, "w" * 500],
]
words = st.one_of(
    st.sampled_from(SNIPPETS), st.text(max_size=12), st.text(alphabet="ab&<>|*_`: ", min_size=1, max_size=30)
)
texts = st.lists(words, max_size=12).map(" ".join)
huge_texts = st.builds(lambda text, times: text * times, texts, st.integers(1, 60)).map(lambda text: text[:20_000])
addresses = st.one_of(
    st.just("https://arxiv.org/abs/2301.00001"),
    st.just(""),
    st.sampled_from(["javascript:alert(1)", "ftp://x", "https://", "http://[", "https://e.example/?a=1&b=<x>|y z"]),
    st.text(max_size=20).map(lambda tail: f"https://e.example/{tail}"),
)
papers = st.builds(
    Paper,
    id=st.integers(0, 99999).map(lambda n: PaperId(f"arxiv:2301.{n:05}")),
    title=st.one_of(texts, huge_texts),
    abstract=st.just(""),
    authors=st.one_of(st.lists(texts, max_size=8).map(tuple), st.just(tuple(f"Author Number{n}" for n in range(300)))),
    published=st.one_of(st.none(), st.dates()),
    url=addresses,
    source=st.one_of(st.sampled_from(["arxiv", "huggingface", "sample", "file"]), texts),
    code_url=st.one_of(st.none(), addresses),
    withdrawn=st.booleans(),
)
buttons = st.builds(Button, texts, st.just("1:like:arxiv:2301.00001"), st.sampled_from(ButtonStyle))
offered = st.builds(
    OfferedPick,
    st.integers(1, 20),
    st.builds(
        Pick,
        papers,
        st.just(1.0),
        st.lists(st.builds(Reason, st.sampled_from(ReasonKind), texts), max_size=4).map(tuple),
        st.just("good match"),
        st.one_of(st.none(), st.floats(0, 1)),
        st.one_of(texts, huge_texts),
        st.booleans(),
    ),
    st.lists(buttons, max_size=6).map(tuple),
    texts,
    texts,
)
