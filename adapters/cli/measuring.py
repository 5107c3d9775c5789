"""`eval` and `bench`: how good, and how fast."""

import json
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType

from adapters import evaluation
from adapters.cli.endings import DONE, Failed, Misused
from adapters.cli.opening import write_json
from adapters.evaluation_report import report as eval_report_page
from adapters.sources.file import FileSource
from adapters.sources.sample import DAYS, SampleSource
from storage.compiled import machine_code


def eval_search(corpus: Path, queries: Path, out: Path, depth: int) -> int:
    """Write a TREC run of a set's queries."""
    return _written(evaluation.write_search_run(corpus, queries, out, depth), "queries", out)


def eval_feedback(corpus: Path, tasks: Path, out: Path, depth: int) -> int:
    """Write a TREC run of a set's feedback tasks."""
    return _written(evaluation.write_feedback_run(corpus, tasks, out, depth), "tasks", out)


def eval_report(sets: Path, out: Path | None) -> int:
    """Measure every set of a folder; the table goes to a file or to standard output."""
    page = eval_report_page(sets)
    if out is None:
        sys.stdout.write(page)
    else:
        out.write_text(page, encoding="utf-8")
        sys.stdout.write(f"Written to {out}\n")
    return DONE


def bench_search(  # noqa: PLR0913 - the options of one command
    corpus: Path, queries: Path | None, peer: str | None, limit: int, index: str, *, lines: bool, as_json: bool
) -> int:
    """Time queries, or serve them line by line."""
    search = _benchmark("search")
    if index not in search.INDEXES:
        raise Misused(f"--index {index} is not known; it may be {' or '.join(search.INDEXES)}.")
    if index == "compiled" and not machine_code.is_there():
        raise Misused('--index compiled needs the extra "fast": pip install "paperround[fast]".')
    if lines:
        search.answer_lines(corpus, limit, index=index)
        return DONE
    if queries is None:
        raise Misused("bench search needs --queries, or --lines to read queries from standard input.")
    if peer is not None and peer not in search.PEERS:
        raise Misused(f"--peer {peer} is not known; it may be {' or '.join(search.PEERS)}.")
    return _figures(search.measure_search(corpus, queries, peer, limit, index), as_json=as_json)


def bench_feedback(corpus: Path | None, reactions: int, *, as_json: bool) -> int:
    """Time durable reactions."""
    source = FileSource(corpus) if corpus else SampleSource(datetime.now(UTC).date() - timedelta(days=DAYS))
    measured = _benchmark("feedback").measure_feedback(source, reactions)
    return _figures(measured, as_json=as_json)


def bench_batch(corpus: Path | None, profiles: Path | None, background: Path | None, *, as_json: bool) -> int:
    """Time a day's picks for many profiles."""
    if corpus is None or profiles is None:
        raise Misused("bench batch needs --corpus and --profiles, or --made for made-up profiles.")
    return _figures(_benchmark("batch").measure_batch(corpus, profiles, background), as_json=as_json)


def bench_made_batch(count: int, words: int, *, as_json: bool) -> int:
    """Time a day's picks for any number of made-up profiles, beside what bounds it and beside a peer."""
    if not machine_code.is_there():
        raise Misused('bench batch --made needs the extra "fast": pip install "paperround[fast]".')
    return _figures(_benchmark("batch_made").measure_made_batch(count, words), as_json=as_json)


def bench_ledger(*, as_json: bool) -> int:
    """Time claims and settlements."""
    return _figures(_benchmark("ledger").measure_ledger(), as_json=as_json)


def bench_round(subscriptions: int, picks: int, *, as_json: bool) -> int:
    """Time a round of many digests at once."""
    return _figures(_benchmark("round").measure_round(subscriptions, picks), as_json=as_json)


def bench_reactions(*, as_json: bool) -> int:
    """Time the store under many reactions at once."""
    return _figures(_benchmark("reactions").measure_reactions(), as_json=as_json)


def bench_slash(*, as_json: bool) -> int:
    """Time slash commands."""
    return _figures(_benchmark("slash").measure_slash(), as_json=as_json)


def _benchmark(name: str) -> ModuleType:
    try:
        return import_module(f"benchmarks.{name}")
    except ModuleNotFoundError as error:
        raise Failed(f"This installation has no benchmark {name}; run it in a clone of the repository.") from error


def _written(count: int, what: str, out: Path) -> int:
    sys.stdout.write(f"{count:,} {what} ranked, written to {out}\n")
    return DONE


def _figures(figures: dict[str, object], *, as_json: bool) -> int:
    if as_json:
        write_json(figures)
    else:
        width = max(len(name) for name in figures)
        sys.stdout.writelines(f"{name:<{width}}  {json.dumps(value)}\n" for name, value in figures.items())
    return DONE
