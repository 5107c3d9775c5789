"""The judged sets of a folder measured side by side, as a page."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from adapters.evaluation_figures import SetFigures, measure
from adapters.evaluation_page import page_of
from adapters.evaluation_sets import sets_in


def report(folder: Path) -> str:
    """Return a page in Markdown with the figures of every set in a folder.

    Raises:
        SourceFailed: The folder has no sets, or a file of one is wrong.
    """
    return page_of(measured_sets(folder, whole=True))


def measured_sets(folder: Path, *, whole: bool) -> list[SetFigures]:
    """Measure every set of a folder, each in a process of its own; in the order of their names."""
    folders = sets_in(folder)
    if len(folders) == 1:
        return [measure(folders[0], whole=whole)]
    # The largest first: the others fit beside it.
    folders.sort(key=lambda path: (path / "corpus.jsonl").stat().st_size, reverse=True)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        measured = list(pool.map(partial(measure, whole=whole), folders))
    return sorted(measured, key=lambda figures: figures.name)
