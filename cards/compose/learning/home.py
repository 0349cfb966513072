"""Compose what belongs to no channel: a person's home, and the form that asks for a comparison."""

from collections.abc import Sequence

from msgspec import Struct

from cards.compose import parts, phrases
from cards.compose.phrases import rich
from cards.compose.tips.state import TipsState, bold
from cards.forms import Form, Option, SingleSelect, TextInput
from cards.model import ME, Action, Actions, Block, Button, Caption, Card, Divider, Header, LinkButton, TextBlock
from content.inline import Command
from content.library import Library
from content.model import Dimension, Tip

OTHER = "other"  # the option that leaves it to the words
NO_WORDS = "Type what you are looking for, or choose one of the cards above."
MOST_TIPS = 10  # conversations that are listed; the others say in their own place how their tips stand

_MOST_WORDS = 200  # characters that are looked for


class Home(Struct, frozen=True):
    """What is true of one person: the `tips` that they own, on their own first, and how many `more` there are.

    `week` is the tip of this week, `is_posted` where one of their conversations had it; `left_off` is what they opened
    last, its title and what opens it; None unless their own gap is on.
    """

    tips: tuple[TipsState, ...] = ()
    more: int = 0
    week: Tip | None = None
    is_posted: bool = False
    left_off: tuple[str, Action] | None = None


def home(library: Library, shown: Home, support: LinkButton | None = None) -> Card:
    """Draw somebody's home; `support` leads to who helps, where there is such a place."""
    return Card(
        title="PM Compare: home",
        blocks=(
            Header("PM Compare"),
            TextBlock(
                rich(
                    "How an AI product manager's job differs from a traditional one: "
                    f"{phrases.number(len(library.dimensions))} comparisons, each with detail, sources and an exercise."
                    "\nPick one, or type ",
                    Command(parts.words_to_try(library)[0]),
                    ", or what you want to know.",
                )
            ),
            Actions((*_left_off(shown), *parts.dimension_buttons(library.dimensions))),
            *_week(library, shown),
            Divider(),
            *_yours(shown),
            Divider(),
            Actions(
                (
                    Button("Compare…", Action("compare")),
                    Button("My gap", Action("me")),
                    Button("Help", Action("help")),
                    Button("Privacy", Action("privacy")),
                    Button("Suggest something…", Action("suggest")),
                    *((support,) if support else ()),
                )
            ),
        ),
    )


def _left_off(shown: Home) -> tuple[Button, ...]:
    if shown.left_off is None:
        return ()
    title, action = shown.left_off
    return (Button(parts.shortened(f"Continue: {title}"), action, "primary"),)


def _week(library: Library, shown: Home) -> tuple[Block, ...]:
    tip = shown.week
    if tip is None:
        return ()
    dimension = library.dimension(tip.dimension)
    of = f" · {dimension.short}" if dimension else ""
    spoken = parts.shortened(f"Read it: {tip.title}")
    name = "This week's tip" if shown.is_posted else "A tip to start with"
    return (
        Divider(),
        TextBlock(rich(phrases.strong(f"{name}{of}"), "\n", phrases.titled(tip.title))),
        Actions((Button("Read it", Action("show", parts.subject_of(tip)), spoken=spoken),)),
    )


def _yours(shown: Home) -> tuple[Block, ...]:
    if not shown.tips:
        words = rich(
            "None yet. In a channel, ",
            phrases.there("tips"),
            " turns on a weekly tip for everyone there. You can also get one just for you.",
        )
        return (
            TextBlock(rich(phrases.strong("Weekly tips you manage"), "\n", words)),
            Actions((Button("Tips just for me…", Action("tips", place=ME)),)),
        )
    more = rich(f"You manage {shown.more} more: type ", phrases.there("tips"), " there to see how they are set.")
    return (
        TextBlock(rich(phrases.strong("Weekly tips you manage"))),
        *(block for state in shown.tips for block in _one(state)),
        *((Caption(more),) if shown.more else ()),
    )


def _one(state: TipsState) -> tuple[Block, ...]:
    buttons: Sequence[Button]
    match state.state:
        case "on":
            following = f": {state.next_title}" if state.next_title else ""
            when = phrases.moment(state.next_at, state.zone) if state.next_at else "not planned yet"
            facts = rich(f"on · {state.schedule}", "\n", "Next, ", when, following)
            buttons = (Button("Settings", state.to("tips")), Button("Pause…", state.opens("pause")))
        case "paused":
            facts = rich(f"paused · {state.schedule}", "\n", state.why_paused())
            buttons = (Button("Settings", state.to("tips")), Button("Resume", state.to("tips-resume"), "primary"))
        case _:
            facts = rich(f"about to start · {state.schedule}")
            buttons = (Button("Settings", state.to("tips")),)
    return (TextBlock(rich(bold(state.name), "\n", facts)), Actions(tuple(buttons)))


def compare(dimensions: Sequence[Dimension], context: str) -> Form:
    """Draw the form that asks for a dimension, or for words; `context` comes back with the answers."""
    options = (
        *(Option(parts.shortened(f"{each.number} · {each.title}"), each.id) for each in dimensions),
        Option("Something else", OTHER),
    )
    return Form(
        title="Compare PM roles",
        submit="Show",
        action=Action("compare-save"),
        context=context,
        fields=(
            SingleSelect("dimension", "Card", options, dimensions[0].id),
            TextInput(
                "words",
                "Or search in your own words",
                "",
                "A question, a term, a tip. What you type here goes first.",
                _MOST_WORDS,
            ),
        ),
    )
