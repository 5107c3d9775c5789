"""A small round of the benchmark: under the platforms' limits nothing is early, lost or there twice."""

import pytest

from benchmarks.round import measure_round


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_round_under_the_limits_of_both_platforms_posts_every_part_once_and_none_early() -> None:
    figures = measure_round(subscriptions=40, count=1)
    assert (figures["channels"], figures["posts"]) == (40, 80)
    assert (figures["twice"], figures["early"], figures["left_open"], figures["answers_lost"]) == (0, 0, 0, 0)
