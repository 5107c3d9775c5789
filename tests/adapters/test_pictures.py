"""Plots as pictures."""

from datetime import date, timedelta
from io import BytesIO

from PIL import Image, ImageColor

from adapters.pictures import BAR, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, png
from bot.replies import Plot

MONDAY = date(2026, 3, 2)


def bar_heights(*values: float, unit: str = "") -> list[int]:
    """Draw values and return how high each bar stands, in pixels."""
    bars = tuple((MONDAY + timedelta(days=number), value) for number, value in enumerate(values))
    image = Image.open(BytesIO(png(Plot(bars, unit, ""))))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    step = (WIDTH - LEFT - RIGHT) / len(values)
    colour = ImageColor.getrgb(BAR)
    rows = range(TOP, HEIGHT - BOTTOM - 1)
    columns = [round(LEFT + step * (number + 0.5)) for number in range(len(values))]
    return [sum(image.getpixel((column, row)) == colour for row in rows) for column in columns]


def test_bars_are_as_high_as_their_values() -> None:
    whole, half, none = bar_heights(8, 4, 0)
    assert whole == HEIGHT - BOTTOM - 1 - TOP
    assert abs(2 * half - whole) <= 2
    assert none == 0


def test_a_percentage_is_drawn_against_a_hundred() -> None:
    quarter, all_of_it = bar_heights(25, 100, unit="%")
    assert abs(4 * quarter - all_of_it) <= 4


def test_any_number_of_bars_makes_a_small_picture() -> None:
    for many in (1, 4, 60):
        bars = tuple((MONDAY + timedelta(days=number), 1_000_000.0 + number) for number in range(many))
        assert len(png(Plot(bars, "", ""))) < 20_000
