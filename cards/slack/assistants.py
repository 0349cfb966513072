"""Say to Slack's own assistant how a card looks: what it shows beside the words of a tool's answer.

https://docs.slack.dev/ai/slackbot-mcp-client/returning-rich-responses: one block of a kind that is not allowed there,
such as `context_actions`, and none is shown; buttons come back as calls of a tool. Other assistants pass it over.
"""

from cards.model import Card
from cards.slack import render
from cards.slack.objects import JSON

TOOL: JSON = {"slack": {"supportsBlockKit": True}}  # of a tool whose answers have blocks


def meta(card: Card) -> JSON:
    """Give what stands under `_meta` in an answer; `card` has nothing to press."""
    return {"slack": {"blocks": render.message(card)["blocks"]}}
