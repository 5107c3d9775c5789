"""What a manager changed for everybody is written down: who, what, where, when."""

from bot.answers.asked import Answer, Asked
from bot.desk import Desk
from bot.model import Channel
from bot.ports import ManagerAct

# These change something of the whole community, wherever they are said.
FOR_EVERYBODY = {"source", "review"}
ENDING_ALL_MAILS = "off everybody"
SAID_CHARACTERS = 200


def noted(desk: Desk, asked: Asked, answer: Answer, said: str = "") -> Answer:
    """Return an answer as it is, after writing down what it changed for more than the one who asked.

    Args:
        said: What was done, in words, where no command was typed.
    """
    ask = asked.ask
    if answer.changed and (said or _concerns_all(asked)):
        what = said or " ".join(word for word in (ask.command.name, "here" if ask.here else "", _rest(asked)) if word)
        member = asked.member
        act = ManagerAct(member.id, member.name, asked.channel.id, what[:SAID_CHARACTERS], asked.now)
        desk.stores.manager_acts.record(act, asked.channel.platform, asked.channel.community, asked.event)
    return answer


def _concerns_all(asked: Asked) -> bool:
    ask = asked.ask
    if ask.command.name == "mail":
        # Each joins and leaves a channel's mails for themselves, and an address is nobody's business.
        return ask.here and ask.text.lower() == ENDING_ALL_MAILS
    return isinstance(asked.owner, Channel) or ask.command.name in FOR_EVERYBODY


def _rest(asked: Asked) -> str:
    ask = asked.ask
    return ask.text or (str(ask.number) if ask.number is not None else ask.paper or "")
