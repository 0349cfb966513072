"""Every card about the app's installation."""

from collections.abc import Iterator

from cards import scopes
from cards.compose import installing
from cards.model import Card
from tests.cards.gallery_learning import deck

LINK = "https://bot.example/slack/install?team=T0001"


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that says which it is."""
    yield "installing.not_installed", installing.not_installed(LINK)
    yield "installing.not_served", installing.not_served()
    yield "installing.welcome", installing.welcome(deck())
    every = (*scopes.REQUIRED, *scopes.OPTIONAL)
    yield "installing.grant", installing.grant(every, LINK)
    yield "installing.grant one", installing.grant(every[:1], LINK)
