"""`bot.ports.SearchIndex`: from the compiled index while that is in step with the papers, from SQL's own else."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

import structlog

from bot.model import PaperId
from bot.ports import Papers, SearchIndex, StorageUnavailable
from storage.compiled import machine_code

log = structlog.get_logger()

# The file beside the engine's own kept index.
COMPILED_SUFFIX = ".compiled"
# With fewer papers SQL's own index answers in a few milliseconds: nothing is compiled for them.
WORTH_FROM = 20_000
# So many changes are folded in while somebody waits for an answer; more are left to the background.
_AT_ONCE = 2_000


class Compiled(Protocol):
    """What is used of `storage.compiled.index.CompiledIndex`, which cannot be imported without the compiler."""

    @property
    def outgrown(self) -> bool: ...

    def __len__(self) -> int: ...

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]: ...

    def refresh(self, most: int | None = None) -> int: ...

    def rewrite(self) -> None: ...


class FasterIndex:
    """Never makes anybody wait for the compiled index: it is mapped, built and written anew in the background."""

    def __init__(self, plain: SearchIndex, papers: Papers, open_compiled: Callable[[], Compiled]) -> None:
        self._plain = plain
        self._papers = papers
        self._open = open_compiled
        self._compiled: Compiled | None = None
        self._starting = Lock()
        self._behind: Thread | None = None

    @property
    def quick(self) -> bool:
        if self._compiled is None:
            self._catch_up()
        return self._compiled is not None

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        compiled = self._compiled
        if compiled is None or not self._in_step(compiled):
            self._catch_up()
            return self._plain.search(words, limit)
        if compiled.outgrown:
            self._catch_up()
        return compiled.search(words, limit)

    def wait(self) -> None:
        """Wait until what goes on in the background is done."""
        with self._starting:
            behind = self._behind
        if behind is not None:
            behind.join()

    def _in_step(self, compiled: Compiled) -> bool:
        """Fold in a few changes; False when there are more than anybody should wait for."""
        return compiled.refresh(_AT_ONCE) < _AT_ONCE

    def _catch_up(self) -> None:
        with self._starting:
            if self._behind is None or not self._behind.is_alive():
                # The process does not wait for it: the file is whole or not there, and the papers can be read again.
                self._behind = Thread(target=self._work, name="compiled-index", daemon=True)
                self._behind.start()

    def _work(self) -> None:
        try:
            if self._papers.count() < WORTH_FROM:
                return
            compiled = self._compiled or self._open()
            if len(compiled):
                compiled.refresh()
            if not len(compiled) or compiled.outgrown:
                compiled.rewrite()
            self._try_out(compiled)
            self._compiled = compiled
        except BlockingIOError:
            return  # another process is writing the file; who asks next finds it, or tries again
        except (OSError, StorageUnavailable) as error:
            log.warning("the compiled index is not kept; SQL answers", action="compiled_index_not_kept", why=str(error))

    def _try_out(self, compiled: Compiled) -> None:
        """Ask for a stored paper: the first question loads the compiled kernels, and nobody should wait for these."""
        for paper in self._papers.changed_after(0, 1)[0]:
            compiled.search(paper.title.split(), 1)


def faster(plain: SearchIndex, papers: Papers, path: Path, installation: str) -> SearchIndex:
    """Return an index that answers from the compiled one where that can be; ``plain`` itself elsewhere."""
    if not machine_code.is_there():
        return plain

    def open_compiled() -> Compiled:
        from storage.compiled.index import CompiledIndex  # noqa: PLC0415 - loading the compiler takes half a second

        return CompiledIndex(papers, path, installation)

    return FasterIndex(plain, papers, open_compiled)
