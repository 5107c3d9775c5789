"""Values for tests: good defaults, so that a test names only what matters to it."""

from datetime import UTC, date, datetime, timedelta

from bot.model import Channel, Member, Paper, PaperId, Pick, Reason, ReasonKind

# A Thursday on which the seed page's papers are a day old.
MORNING = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)


class MovableClock:
    """`bot.ports.Clock` that stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by

    def move_to(self, instant: datetime) -> None:
        self._now = instant


def a_member(name: str = "ana", *, manager: bool = True, community: str = "lab", platform: str = "fake") -> Member:
    return Member(platform, community, name, name=name, manager=manager)


def a_channel(name: str = "papers", *, direct: bool = False, community: str = "lab", platform: str = "fake") -> Channel:
    return Channel(platform, community, name, name=name, direct=direct)


def direct_with(member: Member) -> Channel:
    return Channel(member.platform, member.community, f"@{member.id}", name=member.name, direct=True)


def a_paper(number: int = 1, title: str = "", abstract: str = "", **facts: object) -> Paper:
    paper = {
        "id": PaperId(f"arxiv:2603.{number:05}"),
        "title": title or f"Paper number {number}",
        "abstract": abstract or f"We study question number {number}. It has an answer.",
        "authors": ("A. Author", "B. Writer"),
        "published": date(2026, 3, 10),
        "announced": MORNING - timedelta(days=1),
        "url": f"https://arxiv.org/abs/2603.{number:05}",
        "source": "arxiv",
    }
    return Paper(**{**paper, **facts})  # type: ignore[arg-type]  # the names are those of Paper's fields


def a_pick(paper: Paper | None = None, **facts: object) -> Pick:
    shown = paper or a_paper()
    pick = {"score": 1.0, "reasons": (Reason(ReasonKind.WORDS, "matches entropy", 1.0),), "strength": "good match"}
    return Pick(shown, **{**pick, **facts})  # type: ignore[arg-type]  # likewise of Pick's
