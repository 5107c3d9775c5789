"""Plots of answers, and the tokens that draw them again."""

from datetime import date, timedelta

from bot.addresses import Addresses
from bot.plots import PICTURE_LASTS, plot, plot_opened
from bot.replies import FactsReply, PreviewReply
from tests.bot.conftest import House
from tests.builders import MORNING, a_paper

DAYS = ((date(2026, 3, 1), 4.0), (date(2026, 3, 8), 33.333))


def test_a_token_draws_the_same_picture_until_it_ends(house: House) -> None:
    addresses = Addresses(house.stores.access, "https://papers.example")
    made = plot(addresses, DAYS, MORNING, alt="two weeks", unit="%")
    assert made is not None
    assert made.address == f"https://papers.example/picture/{made.token}.png"
    opened = plot_opened(addresses, made.token, MORNING)
    assert opened is not None
    assert (opened.bars, opened.unit) == (((date(2026, 3, 1), 4), (date(2026, 3, 8), 33.3)), "%")
    assert plot_opened(addresses, made.token, MORNING + PICTURE_LASTS - timedelta(seconds=1)) == opened
    assert plot_opened(addresses, made.token, MORNING + PICTURE_LASTS) is None


def test_nobody_else_makes_a_picture(house: House) -> None:
    addresses = Addresses(house.stores.access)
    made = plot(addresses, DAYS, MORNING, alt="")
    other = plot(addresses, DAYS[:1], MORNING, alt="")
    assert made is not None
    assert other is not None
    assert made.address == ""
    ends, said, signature = made.token.split(".")
    later = str(int(ends) + 1)
    of_other = other.token.split(".")[1]
    for forged in (
        f"{later}.{said}.{signature}",
        f"{ends}.{of_other}.{signature}",
        f"{ends}.{said}.",
        "",
        "..",
        "ä.ä.ä",
    ):
        assert plot_opened(addresses, forged, MORNING) is None, forged


def test_where_nothing_was_counted_there_is_no_picture(house: House) -> None:
    assert plot(Addresses(house.stores.access), [(date(2026, 3, 1), 0)], MORNING, alt="") is None


async def test_a_preview_draws_the_days_that_it_tells(house: House) -> None:
    house.stores.papers.upsert([a_paper(1, "Entropy", "We study entropy.", announced=MORNING)], MORNING)
    await house.paperround.warm_up()
    reply = (await house.ask("preview entropy")).reply
    assert isinstance(reply, PreviewReply)
    assert reply.plot is not None
    assert [value for _, value in reply.plot.bars] == [count for _, count in reply.per_day]
    assert reply.plot.alt == "; ".join(f"{day}: {count}" for day, count in reply.per_day)
    assert "entropy" not in reply.plot.token.lower()


async def test_quality_without_a_pick_has_no_picture(house: House) -> None:
    reply = (await house.ask("quality")).reply
    assert isinstance(reply, FactsReply)
    assert reply.plot is None
