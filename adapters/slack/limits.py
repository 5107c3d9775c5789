"""What Slack accepts in one message. Lengths count characters as sent, that is after escaping.

From https://docs.slack.dev/reference/block-kit/blocks and the block elements below it, unless a line says otherwise.
"""

BLOCKS_IN_A_MESSAGE = 50
BLOCKS_IN_A_VIEW = 100
HEADER = 150
TEXT = 3000
FIELD = 2000
FIELDS_IN_A_SECTION = 10
ELEMENTS_IN_A_CONTEXT = 10
ELEMENTS_IN_A_ROW = 25
ALT_TEXT = 2000
BUTTON_LABEL = 75
BUTTON_VALUE = 2000
URL = 3000
ACTION_ID = 255
MODAL_TITLE = 24  # and so the labels of a modal's own buttons
PRIVATE_METADATA = 3000

# Undocumented: Slack refuses some messages as `msg_blocks_too_long` from 11,341 characters on and takes others up to
# about 13,200 (found by others' trial, slackapi/bolt-js issues 2509 and 2867). We stay well below.
TEXT_IN_A_MESSAGE = 9500

# Advised for the text beside the blocks; `msg_too_long` was seen above it.
FALLBACK = 4000
