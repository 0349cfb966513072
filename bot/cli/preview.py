"""Draw the answer to typed words in the terminal, for writers and the curious."""

import json
import random
from pathlib import Path

from rich.console import Console

from bot import content_loading
from cards import terminal, text
from cards.compose import dimensions, examples, tips, tips_notices
from cards.model import Card
from cards.slack import render as slack
from cards.teams import render as teams
from content.library import Library
from handlers import answers
from handlers.asking import kinds


def preview(path: Path, words: str, form: str, console: Console) -> None:
    """Draw what `/pm-compare words` answers, or `tip ID`; `form` is `terminal`, `text`, or a platform's own JSON.

    `slack` is Block Kit, `teams` an Adaptive Card.

    Raises:
        FaultyContent: the content cannot be read.
    """
    card = answer(content_loading.load(path), words)
    match form:
        case "slack":
            console.out(json.dumps(slack.message(card), ensure_ascii=False, indent=2), highlight=False)
        case "teams":
            console.out(json.dumps(teams.card(card), ensure_ascii=False, indent=2), highlight=False)
        case "text":
            console.out(text.message(card), highlight=False)
        case _:
            terminal.draw(card, console)


def answer(content: Library, words: str) -> Card:
    """Give the card for typed words; what a channel's settings decide shows an example."""
    first, _, rest = words.strip().partition(" ")
    tip = content.tip(rest.strip())
    if first == "tip" and tip is not None:
        return dimensions.tip(content, tip)
    given = answers.ask(content, words)
    match given:
        case kinds.Show(card):
            return card
        case kinds.Compare(dimension):
            return dimensions.comparison(content, dimension)
        case kinds.Share(dimension):
            return dimensions.shared_comparison(content, dimension, "")
        case kinds.AnyDimension():
            return dimensions.comparison(content, random.choice(content.dimensions))  # noqa: S311 # a card by chance guards nothing
        case kinds.NextTip():
            return dimensions.tip(content, content.tips[0])
        case kinds.Settings() | kinds.More() | kinds.ChangeTips() | kinds.Stopping():
            draw = tips_notices.stopping if isinstance(given, kinds.Stopping) else tips.settings
            return draw(examples.settings(content))
        case kinds.Upcoming():
            return examples.upcoming(content)
        case kinds.Past():
            return examples.history(content)
        case kinds.Diagnosis():
            return examples.doctor(content)
