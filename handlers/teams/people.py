"""Look people up on Teams: what changing tips depends on."""

from handlers.tips.people import TipsPeople
from messengers.teams.messenger import TeamsMessenger


def of(messenger: TeamsMessenger, patience: float) -> TipsPeople:
    """Give Teams' people as changing tips asks for them, in at most `patience` seconds."""
    return TipsPeople(
        lambda address, person: messenger.person(address.workspace, address.conversation, person), patience=patience
    )
