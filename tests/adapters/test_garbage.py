"""The collector of cycles walks through what is new, and loses nothing that became garbage."""

import gc
import weakref

from adapters.garbage import look_through_all, survivors_set_aside


class Ring:
    """One of two that name each other: only the collector can free them."""

    def __init__(self) -> None:
        self.other: Ring | None = None


def a_pair() -> Ring:
    one, other = Ring(), Ring()
    one.other, other.other = other, one
    return one


def test_what_survives_a_full_collection_is_not_walked_through_again() -> None:
    with survivors_set_aside():
        kept = [[number] for number in range(1000)]
        assert any(found is kept for found in gc.get_objects())
        gc.collect()
        assert not any(found is kept for found in gc.get_objects())
    assert any(found is kept for found in gc.get_objects())


def test_new_cycles_are_collected_all_the_same() -> None:
    with survivors_set_aside():
        gone = weakref.ref(a_pair())
        gc.collect()
        assert gone() is None


def test_a_cycle_that_became_garbage_after_it_was_set_aside_is_found_when_everything_is_looked_through() -> None:
    with survivors_set_aside():
        pair = a_pair()
        gone = weakref.ref(pair)
        gc.collect()
        del pair
        gc.collect()
        assert gone() is not None
        look_through_all()
        assert gone() is None
