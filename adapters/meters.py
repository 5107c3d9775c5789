"""What a watcher of many processes asks for: counts and durations, in the text form of Prometheus."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.answers.asked import Answer
from bot.commands import BadCommand, parse
from bot.findings import Selection
from bot.library import Library
from bot.model import Channel, Member
from bot.paperround import Paperround
from bot.ports import Clock, StorageUnavailable, Stores

# From a button's edit to a platform's three seconds.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Meters:
    """What this process did since it began; nothing in it names a person, a channel or what was asked."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._commands = Histogram(
            "paperround_command_seconds",
            "How long answers took, by command.",
            ["command"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._ranking = Histogram(
            "paperround_ranking_seconds", "How long choosing picks took.", buckets=SECONDS, registry=self._registry
        )
        self._failures = Counter(
            "paperround_failures", "Answers that failed by our own mistake.", ["command"], registry=self._registry
        )

    def watch(self, stores: Stores, clock: Clock) -> None:
        """Ask the stores for the rest each time somebody looks."""
        self._registry.register(_Kept(stores, clock.now))

    def text(self) -> bytes:
        return generate_latest(self._registry)

    @contextmanager
    def command(self, name: str) -> Iterator[None]:
        with self._commands.labels(name).time(), self._failures.labels(name).count_exceptions():
            yield

    def ranked(self, seconds: float) -> None:
        self._ranking.observe(seconds)


class MeteredPaperround(Paperround):
    """The facade with a stopwatch at its doors."""

    meters: Meters

    async def answer(self, text: str, member: Member, channel: Channel, event: str) -> Answer:
        with self.meters.command(_command_of(text)):
            return await super().answer(text, member, channel, event)

    async def press(self, token: str, member: Member, channel: Channel, event: str) -> Answer:
        with self.meters.command("button"):
            return await super().press(token, member, channel, event)


class MeteredLibrary(Library):
    """The engine with a stopwatch at what members wait for longest."""

    meters: Meters

    def pick(self, *args: object, **options: object) -> Selection:
        began = time.perf_counter()
        try:
            return super().pick(*args, **options)  # type: ignore[arg-type]  # handed on as they came
        finally:
            self.meters.ranked(time.perf_counter() - began)


class _Kept(Collector):
    """Reads the gauges of what is kept."""

    def __init__(self, stores: Stores, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._now = now

    def collect(self) -> Iterator[Metric]:
        answers = GaugeMetricFamily("paperround_database_up", "1 when the database answers.")
        try:
            found = list(self._read())
        except StorageUnavailable:
            answers.add_metric([], 0)
            yield answers
            return
        answers.add_metric([], 1)
        yield answers
        yield from found

    def _read(self) -> Iterator[Metric]:
        now = self._now()
        states = GaugeMetricFamily("paperround_deliveries", "Parts of digests, by state.", labels=["state"])
        for each, count in self._stores.gauges.deliveries().items():
            states.add_metric([each.value], count)
        yield states
        queue, lag = self._stores.gauges.waiting(now)
        yield _one("paperround_queue", "Digests whose next part could be sent by now.", queue)
        yield _one("paperround_lag_seconds", "How long the oldest of the queue has waited.", lag.total_seconds())
        yield _one("paperround_papers", "Papers stored.", self._stores.papers.count())
        age = GaugeMetricFamily("paperround_source_age_seconds", "Since a source was read well.", labels=["source"])
        failures = GaugeMetricFamily("paperround_source_failures", "Tries that failed in a row.", labels=["source"])
        ages: dict[str, float] = {}
        tries: dict[str, int] = {}
        for name, state in self._stores.source_states.all().items():
            # What follows the question mark of a feed's address may be a key of the host's. Feeds that are told apart
            # by it alone share a line, the worst of theirs: a line twice would spoil the whole page.
            source = name.partition("?")[0]
            if state.succeeded_at is not None:
                ages[source] = max((now - state.succeeded_at).total_seconds(), ages.get(source, 0.0))
            tries[source] = max(state.failures, tries.get(source, 0))
        for source, seconds in ages.items():
            age.add_metric([source], seconds)
        for source, count in tries.items():
            failures.add_metric([source], count)
        yield age
        yield failures


def _one(name: str, does: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, does)
    family.add_metric([], value)
    return family


def _command_of(text: str) -> str:
    """Return the name of the command, a word out of the table: what was typed is nobody's to see."""
    try:
        return parse(text).command.name
    except BadCommand:
        return "none"
