"""Every card and form of a person's home and gap."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from cards.compose.learning import gap, home
from cards.compose.learning.gap import Progress
from cards.compose.learning.home import Home
from cards.forms import Form
from cards.model import Action, Card, LinkButton, Subject
from content.library import Library
from tests.cards import gallery_content, traps
from tests.cards.gallery_learning import deck

DAY = date(2026, 11, 23)
SUPPORT = LinkButton("Support", "https://example.com/support?of=pm-compare")


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the module and the function that compose it."""
    shown = deck()
    yield from _gaps(shown)
    yield from _homes(shown)


def forms() -> Iterator[tuple[str, Form]]:
    """Give the form of the global shortcut."""
    yield "home.compare", home.compare(deck().dimensions, "{}")


def _gaps(deck: Library) -> Iterator[tuple[str, Card]]:
    some = [Progress(each, 20, number, 17, number, 14, number, number) for number, each in enumerate(deck.dimensions)]
    none = [replace(each, questions=0, recalled=0, missed=0) for each in some]
    yield "gap.off", gap.off()
    yield "gap.forgotten", gap.forgotten()
    yield "gap.gap", gap.gap(some, deck.tips[0], 40, DAY)
    yield "gap.gap without questions", gap.gap(none, replace(deck.tips[0], title=traps.WORDS[:70]), 1, DAY)
    yield "gap.gap of who opened all", gap.gap(some, None, 0, DAY)


def _homes(deck: Library) -> Iterator[tuple[str, Card]]:
    yield "home.home of nobody", home.home(deck, Home())
    yield "home.home of somebody new", home.home(deck, Home(week=deck.tips[0]))
    moved = replace(deck.tips[0], dimension="gone", title=traps.WORDS[:70])
    left_off = (traps.WORDS[:70], Action("show", Subject("tip", deck.tips[0].id)))
    for name, state in gallery_content.states(deck):
        elsewhere = replace(state, is_elsewhere=True, is_owner=True)
        if state.state != "off":
            shown = Home(tips=(elsewhere,), week=moved, is_posted=True, left_off=left_off)
            yield f"home.home with tips {name}", home.home(deck, shown, SUPPORT)
    on = dict(gallery_content.states(deck))["on quiet"]
    placed = replace(on, is_elsewhere=True)
    many = Home(tips=(placed,) * home.MOST_TIPS, more=7, week=deck.tips[0], is_posted=True, left_off=left_off)
    yield "home.home with many", home.home(deck, many, SUPPORT)
