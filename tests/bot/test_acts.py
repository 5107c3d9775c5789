"""Every change that a manager makes for everybody is written down, and no change of one's own is."""

from pathlib import Path

import pytest

from bot.actions import Action, Verb, token_of
from bot.commands import COMMANDS
from bot.ports import Submission
from tests.bot.conftest import House
from tests.bot.test_mail import MailHouse
from tests.builders import MORNING, a_member, a_paper

# Each is said in this order, in a channel, by somebody who manages it.
FOR_EVERYBODY = (
    "follow here entropy",
    "mute here gardens",
    "unfollow here 1",
    "digest here daily 09:00 UTC",
    "digest here now",
    "digest here off",
    "set here layout apart",
    "feed here",
    "feed here new",
    "mail here off everybody",
)
FOR_ONESELF = (
    "follow entropy",
    "mute gardens",
    "unfollow 1",
    "digest daily 09:00 UTC",
    "set layout apart",
    "like arxiv:2603.00001",
    "undo",
    "save arxiv:2603.00001",
    "add arxiv:2603.00001",
    "feed",
    "mail ana@example.org daily 09:00 UTC",
    "mail here ana@example.org daily 09:00 UTC",
    "mail here off",
)


@pytest.fixture
async def house(tmp_path: Path) -> MailHouse:
    made = MailHouse(tmp_path / "data")
    await made.bring(a_paper(1))
    return made


def noted(house: House) -> list[str]:
    return [act.said for act in reversed(house.stores.manager_acts.newest("fake", "lab", 100))]


async def test_each_change_for_everybody_is_written_down(house: MailHouse) -> None:
    await house.ask("mail here ben@example.org daily 09:00 UTC", a_member("ben", manager=False), house.papers)
    for text in FOR_EVERYBODY:
        assert (await house.ask(text, channel=house.papers)).changed, text
    assert noted(house) == list(FOR_EVERYBODY)
    concerning_all = {command.name for command in COMMANDS if command.here and command.changes}
    assert concerning_all <= {text.split()[0] for text in FOR_EVERYBODY}


async def test_a_submission_that_a_manager_settles_by_button_is_written_down(house: MailHouse) -> None:
    for number, verb in ((1, Verb.APPROVE), (2, Verb.DECLINE)):
        paper = a_paper(number)
        await house.bring(paper)
        house.stores.submissions.add(Submission(a_member("ben"), paper.id, "look", MORNING, pending=True))
        token = token_of(Action(verb, str(paper.id)))
        assert token is not None
        assert (await house.press(token, channel=house.papers)).changed
    assert [said.split()[0] for said in noted(house)] == ["review", "review"]


async def test_what_concerns_oneself_is_not_and_no_address_stands_there(house: MailHouse) -> None:
    for text in FOR_ONESELF:
        await house.ask(text, channel=house.papers)
    assert noted(house) == []
