"""Plots of replies as pictures, for platforms that show no drawing of ours: bars with their values and days."""

from datetime import date
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.replies import Plot

MEDIA_TYPE = "image/png"
WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 12, 12, 34, 34
# On white, so that it is read alike on a light and on a dark message.
BACKGROUND, BAR, LINE, TEXT = "#ffffff", "#2f6f8f", "#c9d3da", "#26323a"
TEXT_SIZE = 15
# The font that comes with the library has Latin letters only, so nothing but figures stands in a picture.
FEWEST_PIXELS_FOR_A_LABEL = 56


def png(plot: Plot) -> bytes:
    """Return a plot as a PNG of `WIDTH` × `HEIGHT` pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(TEXT_SIZE)
    step = (WIDTH - LEFT - RIGHT) / max(len(plot.bars), 1)
    most = 100.0 if plot.unit else max((value for _, value in plot.bars), default=1.0) or 1.0
    floor = HEIGHT - BOTTOM
    every = max(1, round(FEWEST_PIXELS_FOR_A_LABEL / step + 0.5))
    for number, (day, value) in enumerate(plot.bars):
        left = LEFT + step * number
        top = floor - (floor - TOP) * min(value / most, 1)
        draw.rectangle((left + step * 0.12, top, left + step * 0.88, floor), fill=BAR)
        if number % every == 0:
            middle = left + step / 2
            draw.text((middle, top - 4), f"{value:,.0f}{plot.unit}", TEXT, font, anchor="mb")
            draw.text((middle, floor + 8), _label(day), TEXT, font, anchor="mt")
    draw.line((LEFT, floor, WIDTH - RIGHT, floor), fill=LINE, width=2)
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _label(day: date) -> str:
    # As every language reads it: month and day of ISO 8601.
    return f"{day:%m-%d}"
