"""What members and channels chose, in SQL."""

from bot.model import ProfileId
from storage.rows import storable
from storage.sql import Readers, Writer

OF = "SELECT name, choice FROM preferences WHERE profile = :profile"

SET = """
    INSERT INTO preferences (profile, name, choice) VALUES (:profile, :name, :choice)
    ON CONFLICT (profile, name) DO UPDATE SET choice = excluded.choice
"""

TAKE_BACK = "DELETE FROM preferences WHERE profile = :profile AND name = :name"

WITH = "SELECT profile FROM preferences WHERE name = :name AND choice = :choice ORDER BY profile"


class SqlPreferences:
    """`bot.ports.Preferences` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def of(self, profile: ProfileId) -> dict[str, str]:
        with self._readers.reading() as connection:
            return {row["name"]: row["choice"] for row in connection.execute(OF, {"profile": storable(profile)})}

    def set(self, profile: ProfileId, name: str, choice: str | None) -> None:
        values = {"profile": storable(profile), "name": name, "choice": None if choice is None else storable(choice)}
        statement = TAKE_BACK if choice is None else SET
        self._writer.write(lambda connection: connection.execute(statement, values).rowcount)

    def profiles_with(self, name: str, choice: str) -> list[ProfileId]:
        with self._readers.reading() as connection:
            rows = connection.execute(WITH, {"name": name, "choice": choice})
            return [ProfileId(row["profile"]) for row in rows]
