"""Figures as cells and tables of Markdown."""

from collections.abc import Sequence

from adapters.evaluation_measures import Gains, interval_of_mean, mean_of


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def told(samples: Sequence[Gains]) -> str:
    low, high = interval_of_mean(samples)
    return f"{mean_of(samples):.4f} ± {(high - low) / 2:.3f}"


def difference(samples: Sequence[Gains]) -> str:
    if not samples:
        return ""
    low, high = interval_of_mean(samples)
    said = f"{mean_of(samples):+.4f} [{low:+.3f}, {high:+.3f}]"
    return f"**{said}**" if low > 0 or high < 0 else said


def share(value: float) -> str:
    return f"{value:.3f}"


def yes(reached: bool) -> str:  # noqa: FBT001 - a verdict on one goal
    return "yes" if reached else "**no**"
