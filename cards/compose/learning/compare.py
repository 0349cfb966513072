"""Compose the form that asks for a dimension, or for words, where nobody has a line to type into."""

from collections.abc import Sequence

from cards.forms import Form, Option, SingleSelect, TextInput
from cards.model import Action
from content.model import Dimension

OTHER = "other"  # the option that leaves it to the words
_TITLE = "Compare PM roles"
_MOST = 200  # characters that are looked for
_LABEL = 75


def compare(dimensions: Sequence[Dimension], context: str) -> Form:
    """Draw it; `context` comes back with the answers."""
    options = (
        *(Option(f"{each.number} · {each.title}"[:_LABEL], each.id) for each in dimensions),
        Option("Something else", OTHER),
    )
    return Form(
        title=_TITLE,
        submit="Show",
        action=Action("compare-save"),
        context=context,
        fields=(
            SingleSelect("dimension", "Compare along", options, dimensions[0].id),
            TextInput("words", "Or in your own words", "", "A question, a term, a tip. Words go first.", _MOST),
        ),
    )


NO_WORDS = "Type what you look for, or choose one of the comparisons above."
