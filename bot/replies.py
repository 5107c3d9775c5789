"""The closed set of things the bot can say. Each platform renders each of them natively; none is made elsewhere."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.model import Paper, Pick


class ButtonStyle(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A label and a token that means the same after a restart and an upgrade (see ``bot/actions.py``)."""

    label: str
    token: str
    style: ButtonStyle = ButtonStyle.PLAIN


@dataclass(frozen=True, slots=True)
class OfferedPick:
    """One paper as shown.

    Attributes:
        number: What members type for it: ``like 2``.
        verdict: What the asking member said of it so far, as a word; empty when nothing.
        tally: Counts for everybody, ``"3 likes"``; empty when there are none.
    """

    number: int
    pick: Pick
    buttons: tuple[Button, ...]
    verdict: str = ""
    tally: str = ""


@dataclass(frozen=True, slots=True)
class PicksReply:
    """Papers, in order: a digest, today's picks, search results, similar ones, what is trending, the reading list.

    Attributes:
        notes: Whole sentences shown before the papers: a corrected word, how to follow something.
        footer: One line after them: whom a reaction teaches.
        more: The button for the next page.
    """

    heading: str
    offered: tuple[OfferedPick, ...]
    notes: tuple[str, ...] = ()
    footer: str = ""
    late: bool = False
    more: Button | None = None


@dataclass(frozen=True, slots=True)
class NothingReply:
    """No paper to show, and exactly why: each line a fact."""

    heading: str
    why: tuple[str, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class InterestLine:
    number: int
    text: str
    muted: bool
    matched: int
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class InterestsReply:
    """The interests of a profile. ``matched`` of a line counts the stored papers of the last ``days`` days."""

    heading: str
    lines: tuple[InterestLine, ...]
    days: int = 30
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Figures that a platform may draw as a picture; the reply that has them says the same in words.

    Attributes:
        bars: (day, or the Monday of a week; value, not below 0), oldest first.
        unit: ``%``, of at most 100; empty for counts.
        alt: What the picture shows, for those who do not see it.
        token: What opens the same picture on the web pages for a while; no word of anybody is in it.
        address: The page's own, for a platform that loads it from there; empty where no public address is set.
    """

    bars: tuple[tuple[date, float], ...]
    unit: str
    alt: str
    token: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class PreviewReply:
    """A backtest of an interest that is not saved yet.

    Attributes:
        meaning: The interest printed back and explained, one line each.
        per_day: (label of the day, how many papers matched well), oldest first.
        plot: The same days.
    """

    heading: str
    meaning: tuple[str, ...]
    per_day: tuple[tuple[str, int], ...]
    advice: str
    offered: tuple[OfferedPick, ...]
    buttons: tuple[Button, ...] = ()
    plot: Plot | None = None


@dataclass(frozen=True, slots=True)
class WhyReply:
    """Why a paper was shown, or why it was not."""

    paper: Paper
    shown: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeReply:
    """Something was done, or is so. ``lines`` are further sentences."""

    text: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalReply:
    """Nothing was changed. ``piece`` is the very part of the words that is wrong."""

    piece: str
    why: str
    instead: Button | None = None


@dataclass(frozen=True, slots=True)
class ConfirmReply:
    """A question before something that cannot be undone."""

    question: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class FactsReply:
    """Names and values: status, quality. ``plot`` draws some of them."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    note: str = ""
    plot: Plot | None = None


@dataclass(frozen=True, slots=True)
class HelpEntry:
    usage: str
    does: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpReply:
    heading: str
    entries: tuple[HelpEntry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileReply:
    """A file for the asking member alone, and one sentence about it."""

    text: str
    name: str
    media_type: str
    content: str


Reply = (
    PicksReply
    | NothingReply
    | InterestsReply
    | PreviewReply
    | WhyReply
    | NoticeReply
    | RefusalReply
    | ConfirmReply
    | FactsReply
    | HelpReply
    | FileReply
)


def kind_of(reply: Reply) -> str:
    """Return the stable word for the kind of a reply: ``picks``, ``nothing``, ``refusal``."""
    return type(reply).__name__.removesuffix("Reply").lower()
