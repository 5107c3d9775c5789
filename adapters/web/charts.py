"""Charts as marks with places: what is drawn where. A template writes them as SVG, with a table of the same beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from bot.pages.archive import ProfileFigures
from bot.pages.figures import InterestMap, SourceCounts
from bot.words import day_of_year_in_words, percent, say, tick_in_words, whole

WIDTH, HEIGHT = 640.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 12.0, 28.0
KINDS = 6
LABELS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; ``kind`` 0 to 5 names its colour in the style sheet, ``says`` is read out for it."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    says: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float
    says: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `WIDTH` × `HEIGHT` units.

    Attributes:
        name: A word for ids within the page; ``title`` and ``about`` are what a screen reader says.
        levels: (y, label) of the horizontal lines.
        diagonal: (x1, y1, x2, y2) of the line of perfect honesty; None for none.
        head, rows: The same as a table.
    """

    name: str
    title: str
    about: str
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    levels: tuple[tuple[float, str], ...]
    labels: tuple[Label, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[int, str], ...] = ()
    diagonal: tuple[float, float, float, float] | None = None
    width: float = WIDTH
    height: float = HEIGHT


def sources_chart(counts: SourceCounts) -> Chart:
    """Return the papers of each day, a colour for each source; beyond six the rest share one."""
    top = _round_top(max((sum(row) for _, row in counts.rows), default=0))
    step = _step(len(counts.rows))
    bars = []
    for place, (day, row) in enumerate(counts.rows):
        below = 0
        for kind, papers in enumerate(row):
            if papers:
                told = {
                    "day": day_of_year_in_words(day),
                    "papers": whole(papers),
                    "source": _source(counts.sources[kind]),
                }
                says = say("{day}: {papers} from {source}", **told)
                bars.append(_bar(place, step, (below, below + papers), top, min(kind, KINDS - 1), says))
                below += papers
    days = [tick_in_words(day) for day, _ in counts.rows]
    names = tuple(_source(each) for each in counts.sources)
    return Chart(
        name="sources",
        title=say("Papers a day, by source"),
        about=say("Bars for each of {days} days; the table below tells the same.", days=len(counts.rows)),
        bars=tuple(bars),
        dots=(),
        levels=_levels(top),
        labels=_labels(days, step),
        head=(say("Day"), *names),
        rows=tuple((day_of_year_in_words(day), *map(whole, row)) for day, row in counts.rows if sum(row)),
        keys=tuple((min(kind, KINDS - 1), name) for kind, name in enumerate(names)),
    )


def interest_chart(found: InterestMap, name: str) -> Chart:
    """Return what an interest matched, week by week."""
    top = _round_top(max((matched for _, matched, _ in found.weeks), default=0))
    step = _step(len(found.weeks))
    bars = [
        _bar(
            place,
            step,
            (0, matched),
            top,
            0,
            say(
                "week from {day}: {matched} of {came}",
                day=day_of_year_in_words(day),
                matched=whole(matched),
                came=whole(came),
            ),
        )
        for place, (day, matched, came) in enumerate(found.weeks)
        if matched
    ]
    return Chart(
        name=name,
        title=say("What {interest} matched", interest=found.text),
        about=say("Bars for {weeks} weeks; the table below tells the same.", weeks=len(found.weeks)),
        bars=tuple(bars),
        dots=(),
        levels=_levels(top),
        labels=_labels([tick_in_words(day) for day, _, _ in found.weeks], step),
        head=(say("Week from"), say("Matched"), say("Papers that came")),
        rows=tuple((day_of_year_in_words(day), whole(matched), whole(came)) for day, matched, came in found.weeks),
    )


def weeks_chart(figures: ProfileFigures) -> Chart:
    """Return the share of liked picks week by week: how the profile's learning goes."""
    step = _step(len(figures.weeks))
    shares = [100 * week.liked / week.shown for week in figures.weeks]
    bars = [
        _bar(
            place,
            step,
            (0, share),
            100,
            0,
            say("week of {day}: {share} liked", day=day_of_year_in_words(week.monday), share=percent(share / 100)),
        )
        for place, (week, share) in enumerate(zip(figures.weeks, shares, strict=True))
        if share
    ]
    return Chart(
        name="weeks",
        title=say("Liked picks by week, in percent"),
        about=say("A bar for each week; the table below tells the same."),
        bars=tuple(bars),
        dots=(),
        levels=tuple((_y(level, 100), percent(level / 100)) for level in (0, 50, 100)),
        labels=_labels([tick_in_words(week.monday) for week in figures.weeks], step),
        head=(say("Week of"), say("Picks shown"), say("Liked or saved")),
        rows=tuple((day_of_year_in_words(week.monday), whole(week.shown), whole(week.liked)) for week in figures.weeks),
    )


def honesty_chart(figures: ProfileFigures) -> Chart:
    """Return the reliability diagram: what was said against what happened; on the line both are the same."""
    bins = figures.reliability.bins if figures.reliability is not None else ()
    most = max((each.count for each in bins), default=1)
    span = WIDTH - LEFT - RIGHT
    dots = tuple(
        Dot(
            LEFT + span * each.said,
            _y(100 * each.liked, 100),
            4 + 8 * (each.count / most) ** 0.5,
            say(
                "{picks} picks said to be {said} likely: {liked} were liked",
                picks=whole(each.count),
                said=percent(each.said),
                liked=percent(each.liked),
            ),
        )
        for each in bins
    )
    return Chart(
        name="honesty",
        title=say("Said percentage against liked picks"),
        about=say(
            "A dot for each tenth of the percentages, larger for more picks; on the line the percentage was right."
        ),
        bars=(),
        dots=dots,
        levels=tuple((_y(level, 100), percent(level / 100)) for level in (0, 50, 100)),
        labels=tuple(
            Label(LEFT + span * level / 100, HEIGHT - 8, percent(level / 100)) for level in (10, 30, 50, 70, 90)
        ),
        head=(say("Said"), say("Picks"), say("Said on average"), say("Liked")),
        rows=tuple(
            (
                say("{first} to {last} %", first=f"{100 * each.lowest:.0f}", last=f"{100 * each.highest:.0f}"),
                whole(each.count),
                percent(each.said),
                percent(each.liked),
            )
            for each in bins
        ),
        diagonal=(LEFT, _y(0, 100), WIDTH - RIGHT, _y(100, 100)),
    )


def _bar(place: int, step: float, values: tuple[float, float], top: float, kind: int, says: str) -> Bar:
    low, high = values
    y = _y(high, top)
    return Bar(
        round(LEFT + step * place + step * 0.1, 1), y, round(step * 0.8, 1), round(_y(low, top) - y, 1), kind, says
    )


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _step(columns: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(columns, 1)


def _round_top(most: float) -> float:
    """Return the least of 1, 2, 5 × a power of ten that is not below ``most``: levels are then whole numbers."""
    if most <= 4:
        return 4
    power = 10 ** int(log10(most))
    return next(float(each * power) for each in (1, 2, 5, 10) if each * power >= most)


def _levels(top: float) -> tuple[tuple[float, str], ...]:
    return tuple((_y(level, top), whole(round(level))) for level in (0, top / 2, top))


def _labels(texts: Sequence[str], step: float) -> tuple[Label, ...]:
    every = max(1, ceil(len(texts) / LABELS))
    return tuple(
        Label(round(LEFT + step * (place + 0.5), 1), HEIGHT - 8, text)
        for place, text in enumerate(texts)
        if place % every == 0
    )


def _source(name: str) -> str:
    # What follows the question mark of a feed's address may be a key of the host's.
    return name.partition("?")[0][:40]
