"""The command table, and how typed text becomes an `Ask`.

One table makes the text grammar, option pickers, the terminal's completion, the help text and the page in the docs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.identity import paper_id_from
from bot.model import PaperId
from bot.windows import BadWindow, Window, window_from
from bot.words import say, whole

TEXT_CAP = 3000


class Text(StrEnum):
    """What the free text of a command is."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Option:
    """A further word of a command, for platforms that offer options by name.

    Attributes:
        choices: The words it may be; empty when it is free.
    """

    name: str
    does: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the table.

    Attributes:
        argument: Name of the free text where options have names: ``query`` of ``search``.
        here: Takes ``here``: it then concerns the channel, and needs a manager when it changes something.
        changes: It can change what is stored; with ``here`` only a manager may.
        target: The free text is a number of the newest list, or a link to a paper.
        family: Under this word they stand together where only so many commands can be listed; typed, it is not said.
    """

    name: str
    usage: str
    does: str
    examples: tuple[str, ...]
    text: Text = Text.NONE
    argument: str = ""
    here: bool = False
    changes: bool = False
    target: bool = False
    options: tuple[Option, ...] = ()
    family: str = ""


HERE = Option("for", "for me, or for this channel", ("me", "here"))
WINDOW_OPTIONS = (
    Option("since", "only papers from then on: 7d, 2w, 2026-03-01"),
    Option("until", "only papers up to then: 2026-03-31"),
    Option("sort", "best first or newest first", ("best", "new")),
)

COMMANDS: tuple[Command, ...] = (
    Command("today", "today", "today's picks for you, or for this channel when asked in one", ("today",)),
    Command(
        "search",
        "search <query> [since:7d] [until:2026-03-31] [sort:new]",
        "finds stored papers, best first",
        ("search graph neural networks", 'search "contrastive learning" -survey since:30d', "search author:bengio"),
        text=Text.REQUIRED,
        argument="query",
        options=WINDOW_OPTIONS,
    ),
    Command(
        "follow",
        "follow [here] <interest or paper link>",
        "adds an interest to you, or with here to this channel",
        ("follow entropy", 'follow here "reinforcement learning" -survey', "follow https://arxiv.org/abs/1706.03762"),
        text=Text.REQUIRED,
        argument="interest",
        here=True,
        changes=True,
        options=(HERE,),
    ),
    Command(
        "unfollow",
        "unfollow [here] <number or interest>",
        "removes an interest, or a mute",
        ("unfollow 2", "unfollow here entropy"),
        text=Text.REQUIRED,
        argument="interest",
        here=True,
        changes=True,
        options=(HERE,),
    ),
    Command(
        "interests",
        "interests [here]",
        "lists the interests, with how many papers each matched in 30 days",
        ("interests", "interests here"),
        here=True,
        options=(HERE,),
    ),
    Command(
        "preview",
        "preview <interest>",
        "tries an interest on the stored days before you save it",
        ('preview "state space models"',),
        text=Text.REQUIRED,
        argument="interest",
    ),
    Command(
        "mute",
        "mute [here] <interest>",
        "never shows what matches",
        ("mute survey", 'mute here "medical imaging"'),
        text=Text.REQUIRED,
        argument="interest",
        here=True,
        changes=True,
        options=(HERE,),
    ),
    Command(
        "similar",
        "similar <number, link or title>",
        "finds papers near to one",
        ("similar 1", "similar https://arxiv.org/abs/1706.03762"),
        text=Text.REQUIRED,
        argument="paper",
        target=True,
    ),
    Command(
        "trending",
        "trending [day | week | month]",
        "shows what is rising, with counts",
        ("trending", "trending month"),
        text=Text.OPTIONAL,
        argument="span",
        options=(Option("span", "how far back", ("day", "week", "month")),),
    ),
    Command(
        "like",
        "like <number or link>",
        "says that a pick was good: more like it",
        ("like 2",),
        text=Text.REQUIRED,
        argument="paper",
        changes=True,
        target=True,
    ),
    Command(
        "dislike",
        "dislike <number or link>",
        "says that a pick was not for you",
        ("dislike 3",),
        text=Text.REQUIRED,
        argument="paper",
        changes=True,
        target=True,
    ),
    Command("undo", "undo", "takes back your newest verdict", ("undo",), changes=True),
    Command(
        "why",
        "why <number or link>",
        "says why a pick was shown, or why a paper was not",
        ("why 1",),
        text=Text.REQUIRED,
        argument="paper",
        target=True,
    ),
    Command(
        "save",
        "save <number or link>",
        "puts a paper on your reading list",
        ("save 1",),
        text=Text.REQUIRED,
        argument="paper",
        changes=True,
        target=True,
    ),
    Command(
        "saved",
        "saved [bibtex | ris | csv | json]",
        "shows your reading list, or exports it as a file",
        ("saved", "saved bibtex"),
        text=Text.OPTIONAL,
        argument="format",
        options=(Option("format", "export as a file", ("bibtex", "ris", "csv", "json")),),
    ),
    Command(
        "add",
        "add <link> [note]",
        "submits a paper to your community, with your name",
        ("add https://arxiv.org/abs/1706.03762 a classic worth reading again",),
        text=Text.REQUIRED,
        argument="link",
        changes=True,
        options=(Option("note", "a word on why"),),
    ),
    Command(
        "source",
        "source [add <source> | remove <number> | list]",
        "lists the sources that this community added beside the host's, or changes them",
        ("source", "source add arxiv:cs.CL", "source add feed:https://www.nature.com/nature.rss", "source remove 2"),
        text=Text.OPTIONAL,
        argument="change",
        changes=True,
        family="more",
    ),
    Command(
        "review",
        "review [approve <link> | decline <link>]",
        "shows managers what members brought where submissions are moderated",
        ("review",),
        text=Text.OPTIONAL,
        argument="act",
        changes=True,
        family="more",
    ),
    Command(
        "digest",
        "digest [here] [daily | weekdays | weekly mon] [09:00] [Europe/Berlin] | off | now | count 5 | skip-empty",
        "sets when the daily round comes, or asks for an extra one",
        ("digest daily 09:00 Europe/Berlin", "digest here weekly mon 09:00", "digest count 3", "digest now"),
        text=Text.OPTIONAL,
        argument="schedule",
        here=True,
        changes=True,
        options=(HERE,),
    ),
    Command(
        "mail",
        "mail [here] [<address> [daily | weekly mon] [09:00] | off]",
        "brings the round by e-mail to an address that you confirm",
        ("mail you@example.org weekly", "mail here you@example.org", "mail off"),
        text=Text.OPTIONAL,
        argument="address",
        here=True,
        changes=True,
        options=(HERE, Option("schedule", "when it comes: daily, weekly mon 09:00")),
        family="more",
    ),
    Command(
        "set",
        "set [here] [<name> <choice>]",
        "lists what else can be chosen, for you or for this channel, and changes it",
        ("set",),
        text=Text.OPTIONAL,
        argument="name",
        here=True,
        changes=True,
        options=(
            HERE,
            Option("name", "what to choose; left out, everything is listed"),
            Option("choice", "what it is to be"),
        ),
    ),
    Command(
        "feedback",
        "feedback [undo | reset]",
        "shows what you told the bot and what it learned, or takes it back",
        ("feedback", "feedback reset"),
        text=Text.OPTIONAL,
        argument="act",
        changes=True,
        options=(Option("act", "take back the newest verdict, or all", ("undo", "reset")),),
    ),
    Command(
        "archive",
        "archive [revoke]",
        "gives a link to the past picks, yours or this channel's, that ends after 7 days",
        ("archive", "archive revoke"),
        text=Text.OPTIONAL,
        argument="act",
        options=(Option("act", "make every link given so far useless", ("revoke",)),),
        family="more",
    ),
    Command(
        "feed",
        "feed [here] [new]",
        "gives the secret address of a feed of the picks, or a new one",
        ("feed", "feed here new"),
        text=Text.OPTIONAL,
        argument="act",
        here=True,
        changes=True,
        options=(HERE, Option("act", "another address in place of the former", ("new",))),
        family="more",
    ),
    Command(
        "token",
        "token [revoke]",
        "gives a token with which programs read your own data",
        ("token", "token revoke"),
        text=Text.OPTIONAL,
        argument="act",
        options=(Option("act", "make the token useless", ("revoke",)),),
        family="more",
    ),
    Command("mydata", "mydata", "gives you everything stored about you, as JSON", ("mydata",)),
    Command("forgetme", "forgetme", "deletes everything stored about you, once confirmed", ("forgetme",), changes=True),
    Command("quality", "quality", "shows how good the picks of the last weeks were", ("quality",)),
    Command("status", "status", "shows the sources, the next digest and what is stored", ("status",)),
    Command(
        "help",
        "help [command]",
        "explains the commands",
        ("help", "help digest"),
        text=Text.OPTIONAL,
        argument="command",
    ),
)

BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}

# Words that people type for a command of another name.
ALIASES = {"?": "help", "find": "search", "picks": "today", "subscribe": "follow", "unsubscribe": "unfollow"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One use of a command.

    Attributes:
        text: The free text without ``here`` and without options; blanks folded.
        number: Of the newest list, when the text is one; ``paper`` when it is a link or identifier.
        window: Only for ``search``: since, until, order, page.
    """

    command: Command
    here: bool = False
    text: str = ""
    number: int | None = None
    paper: PaperId | None = None
    window: Window = field(default_factory=Window)


class BadCommand(Exception):
    """The words are no command as they stand; nothing was changed.

    Attributes:
        piece: The part of the text that is wrong.
        why: A sentence for the member.
        instead: A whole command that was probably meant, or None.
    """

    def __init__(self, piece: str, why: str, instead: str | None = None) -> None:
        super().__init__(why)
        self.piece = piece
        self.why = why
        self.instead = instead


def parse(text: str) -> Ask:
    """Return the use of a command that ``text`` is; a leading ``/papers`` is passed over, no text means help.

    Raises:
        BadCommand: For anything else; it never raises another exception, whatever the text.
    """
    if len(text) > TEXT_CAP:
        why = say("That is longer than {most} characters; please say it shorter.", most=whole(TEXT_CAP))
        raise BadCommand(text[:40] + "…", why)
    words = text.split()
    if words and words[0].lower() == "/papers":
        words = words[1:]
    if not words:
        return Ask(BY_NAME["help"])
    command = _command(words)
    rest = words[1:]
    here = False
    if command.here and rest and rest[0].lower() in {"here", "me"}:
        here = rest[0].lower() == "here"
        rest = rest[1:]
    return _ask(command, rest, here=here)


def nearest_command(word: str) -> str | None:
    """Return the command name that ``word`` is probably a mistyping of, None when none is near.

    Few people mistype the first letter, so a name that begins otherwise must be nearer: ``learning`` is not trending.
    """
    near = process.extract(word.lower()[:64], list(BY_NAME), scorer=fuzz.ratio, score_cutoff=60, limit=None)
    return next((name for name, score, _ in near if score >= 80 or name[0] == word[0].lower()), None)


def _command(words: list[str]) -> Command:
    name = words[0].lower()
    name = ALIASES.get(name, name)
    if name in BY_NAME:
        return BY_NAME[name]
    rest = words[1:]
    nearest = nearest_command(name)
    if nearest and _stands(nearest, rest):
        instead = " ".join([nearest, *rest])
        why = say("There is no command {word}. Did you mean: {command}?", word=words[0][:40], command=instead[:200])
        raise BadCommand(words[0], why, instead)
    instead = " ".join(["search", *words])
    why = say(
        "There is no command {word}. To look for papers say: {command}", word=words[0][:40], command=instead[:200]
    )
    raise BadCommand(words[0], why, instead)


def _stands(name: str, rest: list[str]) -> bool:
    """Tell whether a command can be followed by these words: ``trending rates of learning`` says nothing."""
    try:
        parse(" ".join([name, *rest]))
    except BadCommand:
        return not rest
    return True


def _ask(command: Command, rest: list[str], *, here: bool) -> Ask:
    if command.text is Text.NONE and rest:
        if command.here or command.name == "today":
            why = say("{name} takes nothing more; say just: {command}", name=command.name, command=command.usage)
            raise BadCommand(rest[0], why, command.name)
        why = say("{name} stands alone; say just: {command}", name=command.name, command=command.name)
        raise BadCommand(rest[0], why, command.name)
    window = Window()
    if command.name == "search":
        try:
            rest, window = window_from(rest)
        except BadWindow as bad:
            raise BadCommand(bad.piece, bad.why) from bad
    said = " ".join(rest)
    if command.text is Text.REQUIRED and not said:
        example = command.examples[0]
        why = say("{name} needs something after it, for example: {example}", name=command.name, example=example)
        raise BadCommand(command.name, why, None)
    _refuse_unknown_choice(command, said)
    if not command.target:
        return Ask(command, here, said, window=window)
    if said.isascii() and said.removeprefix("#").isdigit():
        return Ask(command, here, said, number=int(said.removeprefix("#")[:9]))
    return Ask(command, here, said, paper=paper_id_from(said))


def _refuse_unknown_choice(command: Command, said: str) -> None:
    if command.text is not Text.OPTIONAL or not said:
        return
    choices = next((option.choices for option in command.options if option.name == command.argument), ())
    if choices and said.lower() not in choices:
        why = say("{name} takes one of {choices}, or nothing.", name=command.name, choices=", ".join(choices))
        near = process.extractOne(said.lower()[:64], choices, scorer=fuzz.ratio, score_cutoff=50)
        instead = f"{command.name} {near[0]}" if near else None
        raise BadCommand(said, why, instead)


MONTH = timedelta(days=30)
SPANS: Mapping[str, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7), "month": MONTH}
