"""Replies to render: one of each kind with good defaults, and strategies for hostile papers."""

from datetime import date

from hypothesis import strategies as st

from bot.model import Paper, PaperId, Pick, Reason, ReasonKind
from bot.replies import (
    Button,
    ButtonStyle,
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpEntry,
    HelpReply,
    InterestLine,
    InterestsReply,
    NothingReply,
    NoticeReply,
    OfferedPick,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
)

LIKE = Button("Like", "1:like:arxiv:2301.00001", ButtonStyle.PRIMARY)


def a_paper(title: str = "Contrastive Learning of Graphs", number: int = 1, **changes: object) -> Paper:
    known: dict[str, object] = {
        "abstract": "We learn graphs by contrast. It works.",
        "authors": ("Ana B.", "C. D.", "E. F.", "G. H.", "I. J.", "K. L."),
        "published": date(2026, 3, 3),
        "url": f"https://arxiv.org/abs/2301.{number:05}",
        "source": "arxiv",
    }
    return Paper(id=PaperId(f"arxiv:2301.{number:05}"), title=title, **(known | changes))  # type: ignore[arg-type]


def a_pick(paper: Paper | None = None, *, number: int = 1, probability: float | None = 0.82) -> OfferedPick:
    paper = paper or a_paper(number=number)
    reasons = (
        Reason(ReasonKind.WORDS, "matches contrastive learning"),
        Reason(ReasonKind.LIKED, "near a paper you liked"),
    )
    pick = Pick(paper, 3.2, reasons, "strong match", probability, "We learn graphs by contrast.")
    buttons = (
        LIKE,
        Button("Not for me", f"1:nfm:{paper.id}"),
        Button("Save", f"1:save:{paper.id}"),
        Button("More like this", f"1:more:{paper.id}"),
        Button("Why", f"1:why:{paper.id}"),
    )
    return OfferedPick(number, pick, buttons, verdict="liked", tally="3 likes")


def one_of_each() -> dict[str, Reply]:
    """Return a reply of every kind, by the name of the kind."""
    picks = tuple(a_pick(number=number) for number in (1, 2, 3))
    return {
        "picks": PicksReply(
            "Papers for you, 24 November",
            picks,
            notes=("Searched for transformer, not tranformer.",),
            footer="A reaction teaches your picks and those of #reading.",
            late=True,
            more=Button("More", "1:say:search graphs page:2"),
        ),
        "nothing": NothingReply("Nothing new today", ("arXiv announced 0 papers.", "The bar is 0.4."), (LIKE,)),
        "interests": InterestsReply(
            "Your interests",
            (
                InterestLine(
                    1,
                    '"contrastive learning" -survey',
                    muted=False,
                    matched=1234,
                    button=Button("Remove", "1:say:unfollow 1"),
                ),
                InterestLine(2, "medical imaging", muted=True, matched=0),
            ),
            note="Remove one with: unfollow <number>",
        ),
        "preview": PreviewReply(
            "Preview: state space models",
            ("papers with the words state, space and models", "never a survey"),
            (("Mon 16 Nov", 3), ("Tue 17 Nov", 40), ("Wed 18 Nov", 0)),
            "That is 14 papers a day: rather wide.",
            picks[:1],
            (Button("Follow", '1:say:follow "state space models"', ButtonStyle.PRIMARY),),
        ),
        "why": WhyReply(
            a_paper(), shown=True, lines=("It matches contrastive learning.", "Score 3.2, the bar was 1.1.")
        ),
        "notice": NoticeReply(
            "Liked: Contrastive Learning of Graphs", ("It teaches your picks.",), (Button("Undo", "1:undo:x"),)
        ),
        "refusal": RefusalReply("serach", "There is no command serach. Did you mean: search graphs?", LIKE),
        "confirm": ConfirmReply(
            "Delete everything?", (Button("Yes, delete it all", "1:forget:yes", ButtonStyle.DANGER),)
        ),
        "facts": FactsReply(
            "Status", (("arXiv", "312 papers today"), ("Next digest", "tomorrow at 09:00")), "All is well."
        ),
        "help": HelpReply(
            "What Paperround can do",
            (
                HelpEntry(
                    "search <query>", "finds stored papers, best first", ("search graphs", 'search "a phrase" -survey')
                ),
            ),
            "Say help search for more.",
        ),
        "file": FileReply(
            "Your reading list, 2 papers, as BibTeX.", "reading-list.bib", "application/x-bibtex", "@misc{a}"
        ),
    }


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
