"""A file of papers as a store that holds none of them: for corpora larger than memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from adapters.held_papers import HeldPapers, paper_of_line
from bot.model import Paper


class FiledPapers(HeldPapers):
    """`bot.ports.Papers` for what builds an index: the change log is the file, line by line."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        with path.open("rb") as file:
            lengths = [len(line) for line in file]
        self._starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)

    def count(self) -> int:
        return len(self._starts) - 1

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]:
        last = min(change + limit, self.count())
        with self._path.open("rb") as file:
            file.seek(int(self._starts[change]))
            lines = [file.readline() for _ in range(change, last)]
        return [paper_of_line(line, self._path, change + i + 1) for i, line in enumerate(lines)], last

    def all(self) -> Iterator[Paper]:
        change = 0
        while change < self.count():
            papers, change = self.changed_after(change)
            yield from papers
