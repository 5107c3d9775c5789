"""What Discord accepts in one message. Lengths count code points as sent, that is after escaping.

From the developer documentation, "Message" (Embed Limits), "Component Reference", "Receiving and Responding"; that code
points are counted is the word of its maintainers (discord/discord-api-docs issue 1315).
"""

CONTENT = 2000
EMBEDS = 10
EMBED_TEXT = 6000  # over all embeds of a message
TITLE = 256
DESCRIPTION = 4096
FOOTER = 2048
ROWS = 5
BUTTONS_IN_A_ROW = 5
ATTACHMENT_DESCRIPTION = 1024
BUTTON_LABEL = 80
CUSTOM_ID = 100
NONCE = 25
CHOICES = 25
CHOICE = 100
OPTION_DESCRIPTION = 100
MODAL_TITLE = 45
MODAL_TEXT = 4000
THREAD_NAME = 100

# The documentation names no limit for the address of an embed; found by others' trial.
URL = 2048

# Kept free in what is posted: the messenger writes the marker of the delivery into the footer.
MARKER_ROOM = 160
