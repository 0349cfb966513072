"""The platforms that cards are drawn for: the one list of their renderers, for whoever draws a card for each."""

from collections.abc import Callable

from msgspec import Struct

from cards.model import Card
from cards.slack import render as slack
from cards.teams import render as teams


class Renderer(Struct, frozen=True):
    """How a platform, of a stored `name` and a `title` for people, draws.

    `message` is a card as it is posted, and raises ValueError where that is more than the platform takes; `card` is the
    platform's own JSON of it: Block Kit, an Adaptive Card.
    """

    name: str
    title: str
    message: Callable[[Card], object]
    card: Callable[[Card], object]


RENDERERS = (
    Renderer("slack", "Slack", slack.message, slack.message),
    Renderer("teams", "Teams", teams.message, teams.card),
)
