"""Plots for chat: figures with a signed token, by which the web pages draw the same picture without storing it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.addresses import Addresses
from bot.replies import Plot

# As long as the link of an archive: a message is looked at again after a day or two.
PICTURE_LASTS = timedelta(days=7)
MOST_BARS = 60


def plot(
    addresses: Addresses, bars: Sequence[tuple[date, float]], now: datetime, *, alt: str, unit: str = ""
) -> Plot | None:
    """Return a plot of at least one figure above 0; None where there is nothing to see."""
    if not any(value for _, value in bars):
        return None
    shown = tuple((day, round(value, 1)) for day, value in bars[-MOST_BARS:])
    token = addresses.picture(_written(shown, unit), now + PICTURE_LASTS)
    return Plot(shown, unit, alt, token, addresses.picture_address(token))


def plot_opened(addresses: Addresses, token: str, now: datetime) -> Plot | None:
    """Return what a token draws; None for one that is forged or has ended."""
    text = addresses.picture_opened(token, now)
    if text is None:
        return None
    unit, _, said = text.partition(" ")
    bars = (each.partition("=") for each in said.split(","))
    return Plot(tuple((date.fromisoformat(day), float(value)) for day, _, value in bars), unit, "")


def _written(bars: Sequence[tuple[date, float]], unit: str) -> str:
    return f"{unit} {','.join(f'{day}={value:g}' for day, value in bars)}"
