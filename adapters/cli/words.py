"""Every command of `paperround` with its words. What a command does is in the module that it loads when it is used."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.endings import Misused
from adapters.cli.words_measuring import Json, bench, evaluation

# Help is plain text: it is read in logs and pipes as well, and boxes of lines are not.
app = typer.Typer(
    name="paperround",
    help="The daily paper round for Slack and Discord. With no settings at all, `paperround run` is a playground.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
feedback = typer.Typer(help="Reactions of members, in and out.", rich_markup_mode=None)
app.add_typer(feedback, name="feedback")
app.add_typer(evaluation, name="eval")
app.add_typer(bench, name="bench")
papers = typer.Typer(help="Stored papers: what was taken for one work, how abstracts read.", rich_markup_mode=None)
app.add_typer(papers, name="papers")
interests = typer.Typer(help="Interests, from elsewhere.", rich_markup_mode=None)
app.add_typer(interests, name="interests")
mail = typer.Typer(help="Digests by e-mail.", rich_markup_mode=None)
app.add_typer(mail, name="mail")

# What members type may begin with a minus: `-survey` is a word of theirs, not an option of ours.
FREE_TEXT = {"ignore_unknown_options": True}

Someone = Annotated[str, typer.Option("--as", metavar="MEMBER", help="Who asks.")]
Somewhere = Annotated[
    str | None, typer.Option("--channel", metavar="NAME", help="In this channel; else in a direct conversation.")
]


@app.command()
def run() -> int:
    """Serve: the playground without tokens, else Slack and Discord."""
    from adapters.cli.serving import run as deed

    return deed()


@app.command()
def init(
    *,
    non_interactive: Annotated[
        bool, typer.Option("--non-interactive", help="Ask nothing: take what the environment says.")
    ] = False,
) -> int:
    """Ask what is needed and write .env."""
    from adapters.cli.init import init as deed

    return deed(ask=not non_interactive)


@app.command()
def doctor(
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Put right first what can be without losing anything.")] = False,
    as_json: Json = False,
) -> int:
    """Say what is wrong, and what to do."""
    from adapters.cli.doctor import doctor as deed

    return deed(as_json=as_json, fix=fix)


@app.command()
def chat(*, member: Someone = "me", channel: Somewhere = None) -> int:
    """Ask one thing after another."""
    from adapters.cli.chatting import chat as deed

    return deed(member, channel)


@app.command(context_settings=FREE_TEXT)
def say(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="As typed after /papers.")],
    *,
    member: Someone = "me",
    channel: Somewhere = None,
    as_json: Json = False,
) -> int:
    """Ask one thing, as a member would."""
    from adapters.cli.asking import say as deed

    return deed(_free_text(text), member, channel, as_json=as_json)


@app.command(context_settings=FREE_TEXT)
def search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="In the interest language.")],
    *,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="How many papers.")] = 10,
    as_json: Json = False,
) -> int:
    """Find stored papers, best first."""
    from adapters.cli.asking import search as deed

    return deed(_free_text(query), limit, as_json=as_json)


@app.command(context_settings=FREE_TEXT)
def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="As in PAPERROUND_SOURCES: arxiv:cs.LG, file papers.jsonl, sample, …"),
    ],
    *,
    categories: Annotated[
        str, typer.Option("--categories", metavar="LIST", help="Behind a source: arxiv --categories cs.LG,cs.CL")
    ] = "",
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="From a day on, 2026-03-01 or 7d, whatever was read.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and tell, change nothing.")] = False,
    as_json: Json = False,
) -> int:
    """Store what sources have announced."""
    from adapters.cli.ingesting import ingest as deed

    return deed([*sources, categories] if categories else sources, since, dry_run=dry_run, as_json=as_json)


@app.command()
def deliver(
    *,
    at: Annotated[str | None, typer.Option("--at", metavar="INSTANT", help="As if it were then.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, send nothing.")] = False,
    redo: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="DESTINATION DATE", help="Send once more what of it was held or refused."),
    ] = None,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="Believe a clock that is behind the newest digest.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Send the digests that are due."""
    from adapters.cli.delivering import confirm_clock
    from adapters.cli.delivering import deliver as deed
    from adapters.cli.delivering import redo as deed_again

    if clock_is_right:
        return confirm_clock(at)
    if redo is not None:
        return deed_again(*redo, at, dry_run=dry_run, as_json=as_json)
    return deed(at, dry_run=dry_run, as_json=as_json)


@feedback.command("import")
def feedback_import(
    path: Annotated[Path, typer.Argument(help="JSON lines, as `feedback export` writes them; - is standard input.")],
    *,
    as_json: Json = False,
) -> int:
    """Take reactions in; one that is there already counts once."""
    from adapters.cli.keeping import import_feedback as deed

    return deed(path, as_json=as_json)


@feedback.command("export")
def feedback_export(
    path: Annotated[Path, typer.Argument(help="The file to write; - is standard output.")] = Path("-"),
) -> int:
    """Write every reaction as a JSON line."""
    from adapters.cli.keeping import export_feedback as deed

    return deed(path)


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="The file to write; an archive with a manifest when it ends with .zip.")],
) -> int:
    """Write a verified copy of what is kept, also while the bot runs."""
    from adapters.cli.keeping import backup as deed

    return deed(path)


@app.command()
def restore(path: Annotated[Path, typer.Argument(help="An archive that `backup` wrote.")]) -> int:
    """Put a copy back in place of what is kept."""
    from adapters.cli.keeping import restore as deed

    return deed(path)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The file to write; - is standard output.")],
    *,
    community: Annotated[
        str | None, typer.Option("--community", metavar="NAME", help="Only this one: slack:T1, discord:42.")
    ] = None,
) -> int:
    """Write everything kept as JSON lines, but for what opens something."""
    from adapters.cli.moving import export as deed

    return deed(path, community)


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="What `export` wrote; - is standard input.")],
    *,
    as_json: Json = False,
) -> int:
    """Take in communities from another installation; what is there already stays as it is."""
    from adapters.cli.moving import import_ as deed

    return deed(path, as_json=as_json)


@app.command()
def audit(
    *,
    community: Annotated[str, typer.Option("--community", metavar="NAME", help="slack:T1, discord:42.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    as_json: Json = False,
) -> int:
    """Say what managers changed for everybody in a community."""
    from adapters.cli.moving import audit as deed

    return deed(community, limit, as_json=as_json)


@app.command()
def migrate(
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="ADDRESS", help="Copy everything to this PostgreSQL: postgresql://…")
    ] = None,
) -> int:
    """Bring the database to this version's form, or move it to PostgreSQL."""
    from adapters.cli.keeping import migrate as deed

    return deed(to)


@papers.command("merged")
def papers_merged(
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    as_json: Json = False,
) -> int:
    """List the records that were taken for a paper of another id."""
    from adapters.cli.stored_papers import merged as deed

    return deed(limit, as_json=as_json)


@papers.command("unmerge")
def papers_unmerge(
    record: Annotated[str, typer.Argument(help="The id or link of the record, as `papers merged` lists it.")],
) -> int:
    """Make a record a paper of its own again, for good."""
    from adapters.cli.stored_papers import unmerge as deed

    return deed(record)


@papers.command("clean")
def papers_clean() -> int:
    """Read every abstract anew from its source's own writing, as this version reads it."""
    from adapters.cli.stored_papers import clean as deed

    return deed()


@interests.command("import")
def interests_import(
    kind: Annotated[str, typer.Argument(help="zotero")],
    library: Annotated[str, typer.Argument(help="users/123, groups/45, users/123/collections/ABCD2345")],
    *,
    member: Someone = "me",
    channel: Somewhere = None,
    profile: Annotated[
        str, typer.Option("--profile", metavar="ID", help="Of another platform: member:slack:T1:U2, channel:…")
    ] = "",
    as_json: Json = False,
) -> int:
    """Take the newest papers of a library as examples of what is wanted."""
    from adapters.cli.importing import import_library as deed

    return deed(kind, library, member, channel, profile, as_json=as_json)


@app.command()
def version() -> int:
    """Say which version this is."""
    from importlib.metadata import version as installed

    typer.echo(f"paperround {installed('paperround')}")
    return 0


def _free_text(words: list[str]) -> str:
    # An option with a slip in it would otherwise become a word of the query and change its answer in silence.
    strange = next((word for word in words if word.startswith("--")), None)
    if strange is not None and len(words) > 1:
        raise Misused(f"There is no option {strange}; say paperround --help to see what there is.")
    return " ".join(words)


@mail.command()
def bounced(
    address: Annotated[
        str | None, typer.Argument(help="The address; without one a mail server's report is read from standard input.")
    ] = None,
) -> int:
    """Stop the mails to an address that they come back from, also while the bot runs."""
    from adapters.cli.returning import bounced as deed

    return deed(address)
