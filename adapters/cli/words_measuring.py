"""The commands that measure, `eval` and `bench`, with their words; each loads what it does when it is used."""

from pathlib import Path
from typing import Annotated

import typer

evaluation = typer.Typer(help="How well search and learning do on judged sets.", rich_markup_mode=None)
bench = typer.Typer(help="How fast it is, on this machine.", rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Corpus = Annotated[Path, typer.Option("--corpus", help="Papers, one JSON object a line.")]
Queries = Annotated[Path, typer.Option("--queries", help='Lines of {"id", "text"}.')]
Tasks = Annotated[Path, typer.Option("--tasks", help="Lines of keywords, liked, disliked, exclude, candidates.")]
Out = Annotated[Path, typer.Option("--out", help="Where the TREC run is written.")]
Depth = Annotated[int, typer.Option("--depth", min=1, help="How many papers are ranked for each.")]


@evaluation.command("search")
def eval_search(*, corpus: Corpus, queries: Queries, out: Out, depth: Depth = 100) -> int:
    """Rank a set's papers for its queries with the code that serves members."""
    from adapters.cli.measuring import eval_search as deed

    return deed(corpus, queries, out, depth)


@evaluation.command("feedback")
def eval_feedback(*, corpus: Corpus, tasks: Tasks, out: Out, depth: Depth = 100) -> int:
    """Rank a set's papers for keywords, likes and dislikes with the code that serves members."""
    from adapters.cli.measuring import eval_feedback as deed

    return deed(corpus, tasks, out, depth)


@evaluation.command("report")
def eval_report(
    *,
    sets: Annotated[Path, typer.Option("--data", help="The folder of the judged sets.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where the report is written.")] = None,
) -> int:
    """Measure every set and write one table."""
    from adapters.cli.measuring import eval_report as deed

    return deed(sets, out)


@bench.command("search")
def bench_search(  # noqa: PLR0913 - the options of one command
    *,
    corpus: Corpus,
    queries: Annotated[Path | None, typer.Option("--queries", help='Lines of {"id", "text"}.')] = None,
    peer: Annotated[str | None, typer.Option("--peer", help="Beside it: tantivy, fts5 or rank_bm25.")] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Answer queries from standard input, one a line.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many papers each answer holds.")] = 10,
    index: Annotated[str, typer.Option("--index", help="Which serves: engine, compiled or fts5.")] = "engine",
    as_json: Json = False,
) -> int:
    """Index papers and time queries."""
    from adapters.cli.measuring import bench_search as deed

    return deed(corpus, queries, peer, limit, index, lines=lines, as_json=as_json)


@bench.command("feedback")
def bench_feedback(
    *,
    corpus: Annotated[Path | None, typer.Option("--corpus", help="Papers; else the bundled sample.")] = None,
    reactions: Annotated[int, typer.Option("--reactions", min=1, help="How many are timed.")] = 1000,
    as_json: Json = False,
) -> int:
    """Time a durable reaction, and the next answer that knows of it."""
    from adapters.cli.measuring import bench_feedback as deed

    return deed(corpus, reactions, as_json=as_json)


@bench.command("batch")
def bench_batch(
    *,
    corpus: Annotated[Path | None, typer.Option("--corpus", help="The papers of the day.")] = None,
    profiles: Annotated[Path | None, typer.Option("--profiles", help="Lines of id, keywords, liked, disliked.")] = None,
    background: Annotated[Path | None, typer.Option("--background", help="The papers of liked and disliked.")] = None,
    made: Annotated[int | None, typer.Option("--made", min=1, help="Instead so many made-up profiles.")] = None,
    words: Annotated[int, typer.Option("--words", min=1, max=90, help="How many words each of these has.")] = 80,
    as_json: Json = False,
) -> int:
    """Pick a day's papers for many profiles."""
    from adapters.cli.measuring import bench_batch as deed
    from adapters.cli.measuring import bench_made_batch

    if made is not None:
        return bench_made_batch(made, words, as_json=as_json)
    return deed(corpus, profiles, background, as_json=as_json)


@bench.command("ledger")
def bench_ledger(*, as_json: Json = False) -> int:
    """Time claims and settlements of deliveries."""
    from adapters.cli.measuring import bench_ledger as deed

    return deed(as_json=as_json)


@bench.command("round")
def bench_round(
    *,
    subscriptions: Annotated[int, typer.Option(min=1, help="How many digests are due at once.")] = 10_000,
    picks: Annotated[int, typer.Option(min=1, max=20, help="Papers in each digest.")] = 3,
    as_json: Json = False,
) -> int:
    """Time the daily round of thousands of channels, while people go on asking."""
    from adapters.cli.measuring import bench_round as deed

    return deed(subscriptions, picks, as_json=as_json)


@bench.command("reactions")
def bench_reactions(*, as_json: Json = False) -> int:
    """Time the store alone under many reactions at once."""
    from adapters.cli.measuring import bench_reactions as deed

    return deed(as_json=as_json)


@bench.command("slash")
def bench_slash(*, as_json: Json = False) -> int:
    """Time slash commands from socket to answer."""
    from adapters.cli.measuring import bench_slash as deed

    return deed(as_json=as_json)
