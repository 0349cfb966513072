"""Draw the answer to typed words in the terminal, for writers and the curious."""

import json
import random
from pathlib import Path

from rich.console import Console

from bot import content_loading
from cards import terminal, text
from cards.compose import dimensions, examples
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.model import Card
from cards.slack import render as slack
from cards.teams import render as teams
from content.library import Library
from handlers import answers


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
        case answers.Show(card):
            return card
        case answers.Compare(dimension):
            return dimensions.comparison(content, dimension)
        case answers.Share(dimension):
            return dimensions.shared_comparison(content, dimension, "")
        case answers.AnyDimension():
            return dimensions.comparison(content, random.choice(content.dimensions))  # noqa: S311 # a card by chance guards nothing
        case answers.NextTip():
            return dimensions.tip(content, content.tips[0])
        case answers.Settings() | answers.More() | answers.ChangeTips() | answers.Stopping():
            draw = tips_notices.stopping if isinstance(given, answers.Stopping) else tips_settings.settings
            return draw(examples.settings(content))
        case answers.Upcoming():
            return examples.upcoming(content)
        case answers.Past():
            return examples.history(content)
        case answers.Diagnosis():
            return examples.doctor(content)
