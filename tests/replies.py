"""One reply of each kind, for every platform to show, and builders that name only what matters."""

from datetime import date

from bot.actions import Action, Verb, token_of
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
    Plot,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
    kind_of,
)

LABELS = {
    "Like": Verb.LIKE,
    "Not for me": Verb.NOT_FOR_ME,
    "Save": Verb.SAVE,
    "More like this": Verb.MORE,
    "Why": Verb.WHY,
}


def a_button(label: str, verb: Verb, rest: str = "", style: ButtonStyle = ButtonStyle.PLAIN) -> Button:
    token = token_of(Action(verb, rest))
    assert token is not None
    return Button(label, token, style)


def a_paper(number: int = 1, title: str = "Sparse retrieval at scale", **changed: object) -> Paper:
    fields: dict[str, object] = {
        "id": PaperId(f"arxiv:2603.{number:05}"),
        "title": title,
        "abstract": "We study retrieval.",
        "authors": ("Ana One", "Bo Two"),
        "published": date(2026, 3, 1),
        "url": f"https://arxiv.org/abs/2603.{number:05}",
        "source": "arxiv",
    }
    return Paper(**(fields | changed))  # type: ignore[arg-type]


def an_offer(number: int = 1, paper: Paper | None = None, **changed: object) -> OfferedPick:
    paper = paper or a_paper(number)
    reasons = (Reason(ReasonKind.WORDS, "matches sparse retrieval", 0.7),)
    fields: dict[str, object] = {"probability": 0.82, "key_sentence": "We halve the cost.", "reasons": reasons}
    pick = Pick(**({"paper": paper, "score": 0.7, "strength": "strong match"} | fields | changed))  # type: ignore[arg-type]
    primary = {"Like": ButtonStyle.PRIMARY}
    buttons = tuple(
        a_button(label, verb, paper.id, primary.get(label, ButtonStyle.PLAIN)) for label, verb in LABELS.items()
    )
    return OfferedPick(
        number, pick, buttons, verdict="liked" if number == 1 else "", tally="3 likes" if number == 1 else ""
    )


EVERY_KIND: tuple[Reply, ...] = (
    PicksReply(
        "Today's round",
        (an_offer(1), an_offer(2, stretch=True, probability=None, strength="loose match"), an_offer(3)),
        notes=("Searched for transformer, not tranformer.",),
        footer="A reaction teaches your picks and those of #papers.",
        late=True,
        more=a_button("More", Verb.SAY, "search sparse page:2"),
    ),
    NothingReply(
        "Nothing today", ("arXiv announced nothing.", "Read: 12."), (a_button("Trending", Verb.SAY, "trending"),)
    ),
    InterestsReply(
        "Your interests",
        (
            InterestLine(
                1,
                '"sparse retrieval" -survey',
                muted=False,
                matched=12,
                button=a_button("Unfollow", Verb.SAY, "unfollow 1"),
            ),
            InterestLine(4, "survey", muted=True, matched=0, button=a_button("Unmute", Verb.SAY, "unfollow 4")),
        ),
        note="Remove one with: unfollow <number>",
    ),
    PreviewReply(
        "Preview",
        ("the words sparse and retrieval",),
        (("Mon", 3), ("Tue", 0)),
        "About right.",
        (an_offer(1),),
        (a_button("Follow it", Verb.SAY, "follow sparse retrieval", ButtonStyle.PRIMARY),),
        Plot(
            ((date(2026, 3, 9), 3), (date(2026, 3, 10), 0)), "", "Mon: 3; Tue: 0", "t", "https://papers.example/p/t.png"
        ),
    ),
    WhyReply(a_paper(), shown=True, lines=("matches sparse retrieval", "near to a paper that you liked")),
    NoticeReply("Following sparse retrieval.", ("It matched 12 papers.",), (a_button("Undo", Verb.SAY, "unfollow 1"),)),
    RefusalReply(
        "tranform", "There is no command tranform.", a_button("search transform", Verb.SAY, "search transform")
    ),
    ConfirmReply("Delete everything?", (a_button("Yes, delete it all", Verb.FORGET, "yes", ButtonStyle.DANGER),)),
    FactsReply("Status", (("Papers", "1,204"), ("Next digest", "tomorrow 09:00")), note="Times are UTC."),
    HelpReply("Commands", (HelpEntry("search <query>", "finds papers", ("search gnn",)),), note="More: help search"),
    FileReply("Your reading list, 1 paper.", "reading-list.bib", "application/x-bibtex", "@misc{one}"),
)


def of_kind(kind: str) -> Reply:
    """Return the reply of a kind, by its stable word."""
    return next(reply for reply in EVERY_KIND if kind_of(reply) == kind)
