"""The home tab and its dialogs: pure, within Slack's limits."""

from collections.abc import Sequence
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import Block, buttons, heading, packed, plain, section, small_print
from adapters.slack.mrkdwn import said
from adapters.slack.render import groups_of
from bot.answers.asked import say_button
from bot.replies import Button, ButtonStyle, Reply

OPEN = "open"
DIALOG = "dialog"
FIELD = "field"
TYPED = "typed"
CHANNEL = "channel"
CHOICES = "choices"
LINKS = "links"

View = dict[str, Any]

# Room for what stands above and below the lists.
LISTED_BLOCKS = limits.BLOCKS_IN_A_VIEW - 12


def home_view(notice: Reply | None, interests: Reply, digest: Reply, saved: Reply) -> View:
    """Return the home tab of a member: what was just done, their interests, round and reading list, and their data."""
    news = groups_of(notice) if notice is not None else []
    lists = [
        *news,
        *groups_of(interests),
        [_openers(("Follow an interest", "follow"), ("Mute something", "mute"))],
        [*heading("Your round"), *(block for group in groups_of(digest) for block in group)],
        [_openers(("Set the time", "digest"))],
        *groups_of(saved),
    ]
    first, *rest = packed(lists, most_blocks=LISTED_BLOCKS)
    more = small_print("There is more: say /papers interests or /papers saved for all of it.") if rest else []
    return {"type": "home", "blocks": [*first, *more, *_closing()]}


def dialog(what: str) -> View:
    """Return the dialog for ``follow``, ``mute``, ``digest`` or ``channel``."""
    if what == CHANNEL:
        return _modal(what, "A channel's settings", _channel_fields())
    title, label, hint = {
        "follow": ("Follow an interest", "What are you interested in?", '"contrastive learning" -survey, or a link'),
        "mute": ("Mute something", "What should never be shown?", "survey"),
        "digest": ("Your round", "When should it come?", "weekdays 09:00 Europe/Berlin count 5, or off"),
    }[what]
    element = {"type": "plain_text_input", "action_id": TYPED, "max_length": 512, "placeholder": plain(hint)}
    return _modal(what, title, [{"type": "input", "block_id": FIELD, "label": plain(label), "element": element}])


def channel_choices(view: View) -> tuple[str, bool]:
    """Return what was chosen in the channel dialog: the channel, and whether pasted links are answered there."""
    values = view["state"]["values"]
    chosen = values[CHOICES][TYPED].get("selected_options") or []
    return values[CHANNEL][TYPED]["selected_conversation"], any(option["value"] == LINKS for option in chosen)


def _modal(what: str, title: str, blocks: Sequence[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": DIALOG,
        "private_metadata": what,
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
    }


def _channel_fields() -> list[Block]:
    where = {
        "type": "conversations_select",
        "action_id": TYPED,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    links = {"text": plain("Show a card under pasted paper links"), "value": LINKS}
    return [
        {"type": "input", "block_id": CHANNEL, "label": plain("Which channel?"), "element": where},
        {
            "type": "input",
            "block_id": CHOICES,
            "label": plain("There"),
            "optional": True,
            "element": {"type": "checkboxes", "action_id": TYPED, "options": [links]},
        },
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
    copy = say_button("Everything about me as a file", "mydata")
    forget = say_button("Delete everything about me", "forgetme")
    styled = Button(forget.label, forget.token, ButtonStyle.DANGER) if forget else None
    rows = packed([buttons([each for each in (copy, styled) if each])])[0]
    for row in rows:
        for element in row["elements"]:
            element["action_id"] = f"{element['action_id']}:data"
    rows[-1]["elements"].append(_openers(("A channel's settings", CHANNEL))["elements"][0])
    return [section(said("What is stored about you is yours.")), *rows]
