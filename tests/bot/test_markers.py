"""Markers are the same at every attempt, different for every part, and tell nobody what they are of."""

import hashlib
from datetime import date

from bot.markers import Markers
from bot.model import DeliveryKey
from tests.bot.conftest import House

KEY = DeliveryKey("slack:T1:C1", date(2026, 3, 12), 0)


def test_a_marker_is_the_same_for_whoever_has_the_installations_key(house: House) -> None:
    assert Markers(house.stores.access).of_digest(KEY, 1) == Markers(house.stores.access).of_digest(KEY, 1)
    assert Markers(house.stores.access).about("slack:T1:C1", "club", 0).startswith("pr-")


def test_parts_and_notes_never_share_a_marker(house: House) -> None:
    markers = Markers(house.stores.access)
    made = [markers.of_digest(KEY, part) for part in range(50)]
    made += [markers.about(KEY.destination, f"news {number}", 0) for number in range(50)]
    assert len(set(made)) == 100


def test_without_the_key_nobody_can_tell_of_what_a_marker_is(house: House) -> None:
    told = f"{KEY.destination}|{KEY.local_date}|0|1"
    guesses = {hashlib.sha256(text.encode()).hexdigest()[:20] for text in (told, f"marker|{told}")}
    assert Markers(house.stores.access).of_digest(KEY, 1).removeprefix("pr-") not in guesses
