"""The link by which a server adds the bot."""

from urllib.parse import urlencode

# View Channel, Send Messages, Embed Links, Read Message History, Send Messages in Threads.
PERMISSIONS = 274877991936


def invite_link(application_id: int | str) -> str:
    """Return the link by which a server adds the bot, with just the permissions that it needs."""
    query = {"client_id": str(application_id), "scope": "bot applications.commands", "permissions": str(PERMISSIONS)}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
