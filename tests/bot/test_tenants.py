"""Nothing that a member of one community can say, press or open reaches what another community keeps."""

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions import Action, Verb, token_of
from bot.commands import COMMANDS
from bot.deliveries import PlannedPart, Sent
from bot.model import Cadence, DeliveryKey, MessageId, Subscription, destination_of
from bot.ports import Submission
from bot.preferences import PREFERENCES
from tests.bot.conftest import House
from tests.builders import MORNING, a_channel, a_member, a_paper

# The same people and places by id, so that nothing but the community tells them apart.
ANA = a_member("ana", community="other")
THEIRS = a_member("ana", community="lab")
THEIR_PLACE = a_channel("papers", community="lab")
PLACE = a_channel("papers", community="other")
ONE, TWO = (a_paper(number, title=f"Entropy of kind {number}") for number in (1, 2))
PRIVATE = ("zanzibar", "confidential", "tombuktu", "arxiv:cs.zz", "brought by", "1 like")


@pytest.fixture
async def theirs(house: House) -> House:
    """A house in which the community ``lab`` used everything."""
    await house.bring(ONE, TWO)
    for text, place in (
        ("follow zanzibar weaving", None),
        ("follow here tombuktu", THEIR_PLACE),
        (f"like {ONE.id}", THEIR_PLACE),
        (f"save {TWO.id}", None),
        ("archive", None),
        ("feed", None),
        ("token", None),
        ("set here links on", THEIR_PLACE),
        ("today", THEIR_PLACE),
    ):
        await house.ask(text, THEIRS, place)
    stores = house.stores
    stores.submissions.add(Submission(THEIRS, TWO.id, "confidential", MORNING, pending=True))
    stores.community_sources.add(THEIRS, ["arxiv:cs.ZZ"], 20, MORNING)
    stores.club_votes.vote(THEIRS, THEIR_PLACE, MORNING.date(), ONE.id, MORNING)
    weekly = Subscription(
        THEIR_PLACE.profile, THEIR_PLACE, Cadence.DAILY, time(9), ZoneInfo("UTC"), frozenset({1}), MORNING
    )
    stores.subscriptions.set(weekly)
    house.clock.move(timedelta(days=1, hours=2))
    await house.paperround.deliver_due()
    return house


def kept(house: House) -> object:
    """Return all that is kept of the community ``lab``."""
    return list(house.stores.community_moves.rows_of("fake", "lab"))


def asked_by_them() -> list[str]:
    """Return every command in every form that help shows, and with the ids of the other community in it."""
    examples = [example for command in COMMANDS for example in command.examples]
    stolen = [THEIRS.profile, THEIR_PLACE.profile, "lab", "fake:lab:papers", "1", "2", str(ONE.id), str(TWO.id), "all"]
    with_ids = [f"{command.name} {word}" for command in COMMANDS for word in stolen]
    here = [f"{command.name} here {word}" for command in COMMANDS if command.here for word in ("", *stolen)]
    choices = [
        f"set {here}{each.name} {choice}" for each in PREFERENCES for choice in each.choices for here in ("", "here ")
    ]
    return [*examples, *with_ids, *here, *choices]


async def test_no_command_tells_or_changes_what_another_community_keeps(theirs: House) -> None:
    before = kept(theirs)
    for text in asked_by_them():
        for place in (PLACE, None):
            told = repr(await theirs.ask(text, ANA, place)).lower()
            said = [word for word in PRIVATE if word in told and word not in text]
            assert not said, (text, told)
    assert kept(theirs) == before


@pytest.mark.parametrize("verb", list(Verb))
async def test_no_button_tells_or_changes_what_another_community_keeps(theirs: House, verb: Verb) -> None:
    before = kept(theirs)
    rests = [str(ONE.id), str(TWO.id), THEIRS.profile, "yes", "1", "status", "saved", "review", "interests here", ""]
    for rest in rests:
        token = token_of(Action(verb, rest))
        assert token is not None
        told = repr(await theirs.press(token, ANA, PLACE)).lower()
        # What the presser did themselves is theirs to see.
        assert not [word for word in PRIVATE[:-1] if word in told], (rest, told)
    assert kept(theirs) == before


async def test_a_link_opens_the_profile_that_it_was_made_for_and_no_other(theirs: House) -> None:
    addresses = theirs.paperround._desk.addresses  # noqa: SLF001 - the answers hand out no bare token
    now = theirs.clock.now()
    mine, other = (addresses.archive(who, now).rpartition("/")[2] for who in (ANA, THEIRS))
    assert mine != other
    opened = addresses.archive_opened(mine, now)
    assert opened is not None
    for place in range(1, len(mine)):
        for forged in (mine[:place] + other[place:], other[:place] + mine[place:]):
            if forged not in {mine, other}:
                assert addresses.archive_opened(forged, now) is None
    feeds = {addresses.feed(who, now, new=True) for who in (ANA, THEIRS, PLACE, THEIR_PLACE)}
    assert len(feeds) == 4


async def test_reactions_and_messages_of_another_community_are_nobodys_here(theirs: House) -> None:
    key = DeliveryKey(destination_of(THEIR_PLACE), MORNING.date() - timedelta(days=1))
    ledger, now = theirs.stores.ledger, theirs.clock.now()
    part = PlannedPart(0, "payload", "marker", ONE.id)
    assert ledger.plan(key, THEIR_PLACE.profile, THEIR_PLACE, [part], late=False, digest=None, now=now)
    message = MessageId("m-1")
    while claim := ledger.claim(now, timedelta(minutes=2)):
        ledger.settle(claim, Sent(message), now)
    before = kept(theirs)
    assert await theirs.paperround.react("👍", ANA, PLACE, message, "r1") is None
    assert await theirs.paperround.shown_again(PLACE, message) is None
    assert kept(theirs) == before
    assert await theirs.paperround.react("👍", THEIRS, THEIR_PLACE, message, "r2") is not None


async def test_forgetting_a_namesake_elsewhere_takes_nothing(theirs: House) -> None:
    before = kept(theirs)
    token = token_of(Action(Verb.FORGET, "yes"))
    assert token is not None
    await theirs.press(token, ANA, PLACE)
    await theirs.press(token, replace(ANA, community=""), PLACE)
    assert kept(theirs) == before
