"""How the batch grows with the profiles: ``python -m benchmarks.growth`` draws `growth.svg` and prints its table.

Each figure is the median of three runs, each in a process of its own, of the processor time from the mapped profiles to
the picks. Where others compute on the same machine it moves far less than the clock; the load of each run is told.
"""

import os
from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

from benchmarks.__main__ import machine, run

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
# Words of a profile, and what that is in postings of a day of 1,000 papers.
WORDS = {20: "302 postings a profile", 80: "1,209 postings a profile"}
RUNS = 3
DRAWING = Path(__file__).with_name("growth.svg")

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 44, 20, 50
COLOURS = ("#1f6feb", "#b35900")
# Decades of the two axes: profiles, seconds.
PROFILES = (4, 6)
SECONDS = (-2, 1)

Taken = Mapping[int, Sequence[float]]


def measured() -> tuple[Taken, list[float]]:
    """Return the seconds of each size for each number of words, and the loads under which they were taken."""
    taken: dict[int, list[float]] = {words: [] for words in WORDS}
    loads = []
    for size in SIZES:
        for words in WORDS:
            spent = []
            for _ in range(RUNS):
                loads.append(os.getloadavg()[0])
                spent.append(run(["batch", "--made", str(size), "--words", str(words)])["whole_processor_s"])
            taken[words].append(median(spent))
    return taken, loads


def table(taken: Taken) -> str:
    """Return the figures in Markdown: seconds, and microseconds of one profile in brackets."""
    rows = []
    for place, size in enumerate(SIZES):
        of_size = (taken[words][place] for words in WORDS)
        rows.append(f"| {size:,} | {' | '.join(f'{seconds:.3g} s ({_us(seconds, size)})' for seconds in of_size)} |")
    head = f"| profiles | {' | '.join(WORDS.values())} |"
    return "\n".join((head, "| --- " * (len(WORDS) + 1) + "|", *rows))


def drawing(taken: Taken) -> str:
    """Return an SVG with both axes in decades: what grows linearly lies on a line beside the dashed ones."""
    marks = []
    for decade in range(PROFILES[0], PROFILES[1] + 1):
        x = _x(10**decade)
        marks.append(f'<path class="level" d="M{x} {TOP}V{HEIGHT - BOTTOM}"/>')
        marks.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**decade:,}</text>')
    for decade in range(SECONDS[0], SECONDS[1] + 1):
        y = _y(10.0**decade)
        marks.append(f'<path class="level" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>')
        marks.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{10.0**decade:g} s</text>')
    for (words, name), colour in zip(WORDS.items(), COLOURS, strict=True):
        of_one = taken[words][-1] / SIZES[-1]
        ends = f"M{_x(SIZES[0])} {_y(of_one * SIZES[0])}L{_x(SIZES[-1])} {_y(of_one * SIZES[-1])}"
        marks.append(f'<path d="{ends}" stroke="{colour}" stroke-dasharray="4 4"/>')
        for size, seconds in zip(SIZES, taken[words], strict=True):
            says = f"{size:,} profiles, {name}: {seconds:.3g} s"
            dot = f'cx="{_x(size)}" cy="{_y(seconds)}" r="5" fill="{colour}"'
            marks.append(f"<circle {dot}><title>{escape(says)}</title></circle>")
        y = TOP + 20 + 20 * COLOURS.index(colour)
        marks.append(f'<circle cx="{LEFT + 16}" cy="{y - 4}" r="5" fill="{colour}"/>')
        marks.append(f'<text x="{LEFT + 28}" y="{y}">{escape(name)}</text>')
    about = "Profiles against seconds, both in decades; the dashed lines are linear growth through the last figure."
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{about}">',
            "<style>text{font:13px sans-serif;fill:#333}path{fill:none;stroke-width:1.5}.level{stroke:#ddd}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            *marks,
            f'<text x="{(LEFT + WIDTH) / 2:g}" y="{HEIGHT - 8}" text-anchor="middle">profiles</text>',
            "</svg>\n",
        )
    )


def _us(seconds: float, size: int) -> str:
    return f"{1e6 * seconds / size:.2g} µs each"


def _x(profiles: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (log10(profiles) - PROFILES[0]) / (PROFILES[1] - PROFILES[0]), 1)


def _y(seconds: float) -> float:
    share = (log10(seconds) - SECONDS[0]) / (SECONDS[1] - SECONDS[0])
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)


def main() -> None:
    print(machine(), flush=True)
    taken, loads = measured()
    DRAWING.write_text(drawing(taken), encoding="utf-8")
    print(table(taken))
    print(f"at a load of {min(loads):.0f} to {max(loads):.0f}; the drawing is {DRAWING.name}")


if __name__ == "__main__":
    main()
