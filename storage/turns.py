"""Whose turn it is, where one process has the data folder for itself."""

import threading


class OwnTurns:
    """`bot.ports.Turns` among the threads of one process."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._looking = threading.Lock()

    def take(self, name: str) -> bool:
        with self._looking:
            if name in self._held:
                return False
            self._held.add(name)
            return True

    def give_back(self, name: str) -> None:
        with self._looking:
            self._held.discard(name)
