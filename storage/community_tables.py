"""Which rows are one community's: to be taken to another installation, or erased when the bot was removed."""

from dataclasses import dataclass
from typing import Final

from storage.rows import storable

IN_COMMUNITY: Final = "community = :community AND platform = :platform"


def _begins(column: str, *names: str) -> str:
    # Not LIKE, to which an underscore in an id means something, nor a range, which goes by the database's alphabet.
    return "(" + " OR ".join(f"substr({column}, 1, length(:{name})) = :{name}" for name in names) + ")"


OF_PROFILE: Final = _begins("profile", "members", "channels")
OF_DIGEST: Final = f"digest IN (SELECT number FROM digests WHERE {OF_PROFILE})"  # noqa: S608  # of constants
OF_ITS_OWN: Final = f"({IN_COMMUNITY} OR {OF_PROFILE})"
OF_DELIVERY: Final = f"delivery IN (SELECT number FROM deliveries WHERE {IN_COMMUNITY})"  # noqa: S608  # of constants

OF_ANY_DELIVERY: Final = f"delivery IN (SELECT number FROM deliveries WHERE {OF_ITS_OWN})"  # noqa: S608  # of constants


@dataclass(frozen=True, slots=True)
class Kept:
    """One table with rows of communities.

    Attributes:
        of_one: The condition that finds the rows of one community.
        columns: What of a row is taken to another installation; empty when it stays: it opens something here.
        whose: The condition that finds what is erased with it: mails to its members too.
    """

    name: str
    of_one: str
    columns: tuple[str, ...] = ()
    whose: str = ""


def _kept(name: str, of_one: str, columns: str = "", whose: str = "") -> Kept:
    return Kept(name, of_one, tuple(columns.split()), whose or of_one)


# Rows that others name come before those others.
KEPT: Final = (
    _kept("profiles", _begins("id", "members", "channels"), "id revision next_number"),
    _kept("interests", OF_PROFILE, "profile number text muted since"),
    _kept("preferences", OF_PROFILE, "profile name choice"),
    _kept(
        "feedback",
        IN_COMMUNITY,
        "platform event community member channel_platform channel_community channel paper verdict because at undoes",
    ),
    _kept("saves", IN_COMMUNITY, "platform community member paper saved_at"),
    _kept(
        "submissions",
        IN_COMMUNITY,
        "platform community member member_name paper note brought_at pending",
    ),
    _kept("shown_lists", IN_COMMUNITY, "platform community member channel papers shown_at"),
    _kept("shown_papers", OF_PROFILE, "profile paper first_date"),
    _kept("digests", OF_PROFILE, "profile local_date edition revision made_at"),
    _kept(
        "digest_picks",
        OF_DIGEST,
        "digest position paper score probability strength key_sentence stretch reasons sayings known_version "
        "known_withdrawn known_code known_upvotes",
    ),
    _kept("digest_teams", OF_DIGEST, "digest position rival team"),
    _kept(
        "subscriptions",
        IN_COMMUNITY,
        "destination profile platform community channel channel_name direct cadence at zone weekdays since count quiet "
        "paused",
        OF_ITS_OWN,
    ),
    _kept("round_setters", IN_COMMUNITY, "destination platform community member member_name"),
    _kept(
        "deliveries",
        IN_COMMUNITY,
        "destination local_date edition profile platform community channel channel_name direct late planned_at about "
        "under",
        OF_ITS_OWN,
    ),
    _kept("delivery_parts", OF_DELIVERY, "delivery part payload marker paper", OF_ANY_DELIVERY),
    _kept(
        "delivery_progress",
        OF_DELIVERY,
        "delivery part state attempt free_from claimed_at doubtful_since message why",
        OF_ANY_DELIVERY,
    ),
    _kept("club_votes", IN_COMMUNITY, "platform community channel week member paper voted_at"),
    _kept("community_sources", IN_COMMUNITY, "platform community number source added_at"),
    _kept("source_adders", IN_COMMUNITY, "platform community member member_name source added_at"),
    _kept(
        "manager_acts",
        IN_COMMUNITY,
        "platform community event member member_name place said at",
    ),
    _kept("mail_addresses", IN_COMMUNITY),
    _kept("access_grants", OF_PROFILE),
    _kept("installations", IN_COMMUNITY),
    _kept("communities_left", IN_COMMUNITY),
)

BY_NAME: Final = {kept.name: kept for kept in KEPT}

# Rows of no community: papers and what sources tell of them, the host's own, and marks that name nobody.
OF_NO_COMMUNITY: Final = frozenset(
    {
        "_sqlite_migrations",
        "installation",
        "kept_secrets",
        "mail_tries",
        "marks",
        "paper_aliases",
        "paper_merges",
        "paper_originals",
        "paper_texts",
        "paper_votes",
        "papers",
        "seen_events",
        "source_states",
    }
)

# What opens something, or is of use to this installation alone: no export holds it.
NEVER_EXPORTED: Final = frozenset(
    {"kept_secrets", "installations", "access_grants", "mail_tries", "seen_events", "communities_left"}
)


def of_one(platform: str, community: str) -> dict[str, str]:
    """Return the values for the conditions."""
    inside = f"{storable(platform)}:{storable(community)}:"
    return {
        "platform": storable(platform),
        "community": storable(community),
        "members": f"member:{inside}",
        "channels": f"channel:{inside}",
    }
