"""How much Slack takes of everything that is drawn for it.

Figures: docs.slack.dev/reference/block-kit, in characters or pieces; the emulator has its own, which a test compares.
"""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
# chat.postMessage refuses blocks whose text is too long together (`msg_blocks_too_long`), undocumented: at about 13,200
# characters for some (bolt-js#2509), at 11,341 for others (bolt-js#2867).
BLOCKS_TEXT = 11_000
UPDATE_TEXT = 4_000  # of a message's `text`
HEADER_TEXT = 150
SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
CONTEXT_ELEMENTS = 10
ACTIONS = 25
CHARTS = 2  # a message; of a Home Slack says nothing, so no more there either
CHART_POINTS = 20
CHART_LABEL = 20
CHART_TITLE = 50
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
ACCESSIBILITY_LABEL = 75
URL = 3_000
ID_LENGTH = 255  # action_id, block_id, callback_id
OPTIONS = 100
OPTION_GROUPS = 100
GROUP_LABEL = 75
OVERFLOW_OPTIONS = 5
FEW_OPTIONS = 10  # of radio buttons and checkboxes
OPTION_TEXT = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_LABEL = 30
VIEW_TITLE = 24  # submit and close too
LABEL = 2_000  # of a field, and its hint
INPUT_LENGTH = 3_000
PRIVATE_METADATA = 3_000
