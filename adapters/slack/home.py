"""The home tab and its dialogs: pure, within Slack's limits."""

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import Block, buttons, heading, packed, plain, section, small_print
from adapters.slack.mrkdwn import said
from adapters.slack.render import groups_of
from bot.answers.asked import say_button
from bot.preferences import PREFERENCES, Preference
from bot.replies import Button, ButtonStyle, Reply
from bot.words import marked, say

OPEN = "open"
DIALOG = "dialog"
FIELD = "field"
TYPED = "typed"
CHANNEL = "channel"
OWN = "set"
CHOICES = frozenset(each.name for each in PREFERENCES)

# Title, label and hint of the dialogs in which something is typed.
ASKED = {
    "follow": (
        marked("Follow an interest"),
        marked("What are you interested in?"),
        marked('"contrastive learning" -survey, or a link'),
    ),
    "mute": (marked("Mute something"), marked("What should never be shown?"), "survey"),
    "digest": (
        marked("Your round"),
        marked("When should it come?"),
        marked("weekdays 09:00 Europe/Berlin count 5, or off"),
    ),
}

View = dict[str, Any]

# Room for what stands above and below the lists.
LISTED_BLOCKS = limits.BLOCKS_IN_A_VIEW - 12


def home_view(notice: Reply | None, interests: Reply, digest: Reply, saved: Reply) -> View:
    """Return the home tab of a member: what was just done, their interests, round and reading list, and their data."""
    news = groups_of(notice) if notice is not None else []
    lists = [
        *news,
        *groups_of(interests),
        [_openers((say("Follow an interest"), "follow"), (say("Mute something"), "mute"))],
        [*heading(say("Your round")), *(block for group in groups_of(digest) for block in group)],
        [_openers((say("Set the time"), "digest"))],
        *groups_of(saved),
    ]
    first, *rest = packed(lists, most_blocks=LISTED_BLOCKS)
    more = small_print(say("There is more: say /papers interests or /papers saved for all of it.")) if rest else []
    return {"type": "home", "blocks": [*first, *more, *_closing()]}


def dialog(what: str) -> View:
    """Return the dialog for ``follow``, ``mute``, ``digest``, ``channel`` or ``set``."""
    if what == CHANNEL:
        offered = (each for each in PREFERENCES if each.for_channel)
        return _modal(what, say("A channel's settings"), [_which_channel(), *_choices(offered)])
    if what == OWN:
        return _modal(what, say("Your choices"), _choices(each for each in PREFERENCES if each.for_member))
    title, label, hint = map(say, ASKED[what])
    element = {"type": "plain_text_input", "action_id": TYPED, "max_length": 512, "placeholder": plain(hint)}
    return _modal(what, title, [{"type": "input", "block_id": FIELD, "label": plain(label), "element": element}])


def chosen_in(view: View) -> dict[str, str]:
    """Return what was chosen in a dialog of choices, by name; what was left as it is, is not among it."""
    fields = {name: values[TYPED] for name, values in view["state"]["values"].items() if name in CHOICES}
    chosen = {name: (field.get("selected_option") or {}).get("value") for name, field in fields.items()}
    return {name: choice for name, choice in chosen.items() if choice}


def channel_in(view: View) -> str:
    """Return the channel that a dialog is about."""
    return str(view["state"]["values"][CHANNEL][TYPED]["selected_conversation"])


def _modal(what: str, title: str, blocks: Sequence[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": DIALOG,
        "private_metadata": what,
        "title": plain(title[: limits.MODAL_TITLE]),
        "submit": plain(say("Save changes")[: limits.MODAL_TITLE]),
        "close": plain(say("Cancel")[: limits.MODAL_TITLE]),
        "blocks": list(blocks),
    }


def _which_channel() -> Block:
    where = {
        "type": "conversations_select",
        "action_id": TYPED,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return {"type": "input", "block_id": CHANNEL, "label": plain(say("Which channel?")), "element": where}


def _choices(offered: Iterable[Preference]) -> list[Block]:
    """Return a list to choose from for each; nothing is chosen, as what stands now depends on the channel."""
    return [
        {
            "type": "input",
            "block_id": each.name,
            "optional": True,
            "label": plain(f"{each.name}: {say(each.does)}"),
            "element": {
                "type": "static_select",
                "action_id": TYPED,
                "placeholder": plain(say("as it is")),
                "options": [{"text": plain(choice), "value": choice} for choice in each.choices],
            },
        }
        for each in offered
    ]


def _openers(*shown: tuple[str, str]) -> Block:
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain(label), "action_id": f"{OPEN}:{what}", "value": what}
            for label, what in shown
        ],
    }


def _closing() -> list[Block]:
    copy = say_button(say("Everything about me as a file"), "mydata")
    forget = say_button(say("Delete everything about me"), "forgetme")
    styled = Button(forget.label, forget.token, ButtonStyle.DANGER) if forget else None
    rows = packed([buttons([each for each in (copy, styled) if each])])[0]
    for row in rows:
        for element in row["elements"]:
            element["action_id"] = f"{element['action_id']}:data"
    own = [(say("Your choices"), OWN)] if any(each.for_member for each in PREFERENCES) else []
    rows[-1]["elements"] += _openers(*own, (say("A channel's settings"), CHANNEL))["elements"]
    return [section(said(say("What is stored about you is yours."))), *rows]
