"""The closed set of replies has stable names."""

from typing import get_args

from bot.replies import ConfirmReply, NoticeReply, PicksReply, RefusalReply, Reply, kind_of


def test_a_reply_says_its_kind_in_one_stable_word() -> None:
    assert kind_of(PicksReply("Today", ())) == "picks"
    assert kind_of(NoticeReply("Done.")) == "notice"
    assert kind_of(RefusalReply("x", "It is wrong.")) == "refusal"
    assert kind_of(ConfirmReply("Really?", ())) == "confirm"


def test_every_kind_of_reply_has_a_word_of_its_own() -> None:
    kinds = sorted(kind.__name__.removesuffix("Reply").lower() for kind in get_args(Reply))
    assert kinds == sorted(
        ["picks", "nothing", "interests", "preview", "why", "notice", "refusal", "confirm", "facts", "help", "file"]
    )
