"""Compose the answers to half a question: a number no card has, `search` or `what is` with nothing behind it."""

from cards.compose import notices, parts, phrases
from cards.compose.phrases import rich
from cards.model import Action, Button, Card
from content.inline import Command
from content.library import Library

_TERMS = 3  # with a button each


def no_such_number(library: Library, number: str) -> Card:
    """Draw the answer to a number that no dimension has."""
    count = phrases.number(len(library.dimensions))
    return notices.notice(
        f"There is no card {number}",
        rich(f"There {'is' if count == 'one' else 'are'} {count}; here {'it is' if count == 'one' else 'they are'}:"),
        *parts.dimension_buttons(library.dimensions),
    )


def how_to_search(library: Library) -> Card:
    """Draw how to search, for who typed nothing to look for."""
    return notices.notice(
        "What are you looking for?",
        rich(
            "Type it after ",
            Command("search"),
            ", for example ",
            Command(f"search {parts.words_to_try(library)[-1]}"),
            f". It looks through {what_there_is(library)}.",
        ),
        Button("Search…", Action("compare"), "primary"),
        Button("All cards", Action("list")),
    )


def how_to_define(library: Library) -> Card:
    """Draw how a term is asked for, for who typed none."""
    shortest = sorted(library.terms, key=lambda term: (len(term.term), term.term.casefold()))[:_TERMS]
    count = len(library.terms)
    return notices.notice(
        "Which term?",
        rich(
            "Type it after ",
            Command("what is"),
            ", for example ",
            Command(f"what is {parts.words_to_try(library)[0]}"),
            f". {parts.counted(count, 'term')} {'is' if count == 1 else 'are'} explained here.",
        ),
        *(Button(term.term, Action("define", argument=term.id)) for term in shortest),
        Button("All cards", Action("list")),
    )


def what_there_is(library: Library) -> str:
    """Count what the content holds, as part of a sentence: `7 cards, 121 tips, 20 dilemmas and 151 terms`."""
    held = (
        (len(library.dimensions), "card"),
        (len(library.tips), "tip"),
        (len(library.dilemmas), "dilemma"),
        (len(library.terms), "term"),
    )
    *first, last = [parts.counted(count, what) for count, what in held if count]
    return f"{', '.join(first)} and {last}" if first else last
