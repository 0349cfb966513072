"""Compose what is said about the app's installation: who is turned away, who is welcome, who has to grant more."""

from collections.abc import Sequence

from cards.compose import parts, phrases
from cards.compose.notices import notice
from cards.compose.phrases import rich
from cards.model import Action, Actions, Button, Caption, Card, LinkButton, Listing, TextBlock
from cards.scopes import REQUIRED, Scope
from content.inline import Code, Command, Invitation
from content.library import Library

# What stands in the ledger for the cards below, as a question's words would.
WELCOME, GRANT = "welcome", "grant"


def not_installed(link: str) -> Card:
    """Draw the answer where the app is gone from the workspace; `link` is the page that installs it."""
    return notice(
        "I am not installed in this workspace any more",
        rich("An admin can ", phrases.link(link, "add PM Compare again"), "."),
    )


def not_served() -> Card:
    """Draw the answer where whoever runs the bot has limited it to other workspaces."""
    return notice(
        "This bot does not serve this workspace",
        rich("Whoever runs it has limited it to certain workspaces. Ask them to add this one."),
    )


def welcome(library: Library) -> Card:
    """Draw what greets whoever installed the app, in their own chat with it: what to do first, and what comes next."""
    name, first = library.deck.tip_name, library.dimensions[-1]
    return Card(
        "PM Compare is installed",
        (
            TextBlock(
                rich(
                    phrases.strong("PM Compare is installed."),
                    " I show how an AI PM's job differs from a traditional PM's, one short card at a time.",
                )
            ),
            Listing(
                (
                    rich("Try it: press the button, or type ", Command(first.id, is_elsewhere=True), " anywhere."),
                    rich(
                        "Show it to others: in a channel, type ", Command(f"{first.id} share", is_elsewhere=True), "."
                    ),
                    rich(
                        f"A weekly {name}: invite me to a channel with ",
                        Invitation(),
                        ", then type ",
                        Command("tips", is_elsewhere=True),
                        " there.",
                    ),
                ),
                label="Three ways to begin",
            ),
            Actions(
                (
                    Button(f"Show me {first.short}", Action("show", parts.subject_of(first)), "primary"),
                    Button("All commands", Action("help")),
                )
            ),
            Caption(rich("Only you get this message, once. Nobody else was told anything.")),
        ),
    )


def grant(missing: Sequence[Scope], link: str) -> Card:
    """Draw what tells whoever installed the app that it lacks scopes: each with what does not work, and the way on."""
    return Card(
        "PM Compare lacks a permission here",
        (
            TextBlock(
                rich(
                    phrases.strong("I lack a permission in this workspace."),
                    " This version of PM Compare needs more than was granted when you installed it.",
                )
            ),
            Listing(tuple(rich(Code(one.name), f": {one.without}") for one in missing), label="What does not work"),
            Actions((LinkButton("Install it again", link),)),
            Caption(rich("Installing again keeps every setting. You are told this once.")),
        ),
    )


def granting(missing: Sequence[Scope], link: str) -> str:
    """Write down that somebody is to be told what is missing, for the ledger."""
    return " ".join((GRANT, link, *(one.name for one in missing)))


def told(library: Library, words: str) -> Card | None:
    """Draw what the ledger says that a person is told; None where this version does not know it."""
    if words == WELCOME:
        return welcome(library)
    kind, _, rest = words.partition(" ")
    link, *names = rest.split(" ")
    return grant([one for one in REQUIRED if one.name in names], link) if kind == GRANT else None
