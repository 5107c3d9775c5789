"""The drawing of growth and the table beside it say the same."""

from lxml import etree

from benchmarks.growth import SIZES, WORDS, drawing, table

SVG = "{http://www.w3.org/2000/svg}"
LINEAR = {words: [size * words / 1e8 for size in SIZES] for words in WORDS}


def test_every_figure_is_a_dot_and_what_grows_linearly_lies_on_one_line() -> None:
    root = etree.fromstring(drawing(LINEAR).encode())
    dots = [dot for dot in root.iter(f"{SVG}circle") if dot.find(f"{SVG}title") is not None]
    assert len(dots) == len(SIZES) * len(WORDS)
    light = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in dots[: len(SIZES)]]
    (x, y), (last_x, last_y) = light[0], light[-1]
    for at, height in light:
        assert abs(y + (last_y - y) * (at - x) / (last_x - x) - height) < 0.2


def test_the_table_tells_the_whole_and_what_one_profile_costs() -> None:
    *_, last = table(LINEAR).splitlines()
    assert last == "| 1,000,000 | 0.2 s (0.2 µs each) | 0.8 s (0.8 µs each) |"
