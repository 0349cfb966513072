"""How much Teams takes, and how much its clients show, of everything that is drawn for it.

Figures: learn.microsoft.com, "Cards" and "Format bot messages"; the emulator has its own, which a test compares.
"""

CARD_BYTES = 26 * 1024  # Teams: 28 KB for a message, of UTF-8; the rest is for the activity around the card
ACTIONS = 6  # Teams draws no more buttons on a card
LABEL = 80  # characters; longer ones are cut by most clients
ACTION_VALUE = 150  # characters, as Slack's, which draws the same buttons
SPEECH = 3_000  # characters; as much as anybody listens to, and a ninth of the card's room
FALLBACK = 600  # characters
SUMMARY = 200  # characters; a notification shows about so much
INPUT_LENGTH = 3_000  # characters
TYPED = (
    12_000  # bytes of JSON of all texts that a form shows again; 3,000 emoji, and the largest form has room for them
)
FOUND = 15  # Teams shows no more of what a search finds
FAULTS = 600  # bytes of all that is said to be wrong in a form; the largest form leaves so much room
NAMES = 8_000  # bytes of people's names in a field; whoever is left out is found by typing
BARS = 12  # of a chart, with the lengths below, as Slack's, which draws the same counts; Teams documents none
CHART_TITLE = 50  # characters
CHART_LABEL = 20  # characters, of a bar
SUGGESTED = 3  # Teams: "Suggested actions"; it shows the first three
