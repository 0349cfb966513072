"""Draw the answer to typed words in the terminal, for writers and the curious."""

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from rich.console import Console

from bot import content_loading
from bot.cli import commands, parts
from cards import terminal, text
from cards.compose import dimensions, examples
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.model import Card
from cards.renderers import RENDERERS
from content.library import FaultyContent, Library
from handlers import answers
from handlers.asking import kinds

# A platform's own JSON: Block Kit, an Adaptive Card.
_JSON: Mapping[str, Callable[[Card], object]] = {renderer.name: renderer.card for renderer in RENDERERS}


@commands.command(
    examples=(
        "python -m bot preview risks",
        "python -m bot preview risks sources --as text",
        "python -m bot preview tip way-out",
        "python -m bot preview risks --as slack | jq .blocks",
        "python -m bot preview risks --as teams > risks.json",
    )
)
@click.argument("words", nargs=-1)
@click.option("--as", "form", type=click.Choice(["terminal", "text", *_JSON]), default="terminal", show_default=True)
def preview(words: tuple[str, ...], form: str) -> None:
    """Draw the answer to WORDS here, as /pm-compare would give it."""
    settings = parts.read_settings()
    try:
        draw(settings.content_path, " ".join(words), form, Console())
    except FaultyContent as error:
        raise click.ClickException(str(error)) from error


def draw(path: Path, words: str, form: str, console: Console) -> None:
    """Draw what `/pm-compare words` answers, or `tip ID`; `form` is `terminal`, `text`, or a platform's name.

    Raises:
        FaultyContent: the content cannot be read.
    """
    card = answer(content_loading.load(path), words)
    if form in _JSON:
        console.out(json.dumps(_JSON[form](card), ensure_ascii=False, indent=2), highlight=False)
    elif form == "text":
        console.out(text.message(card), highlight=False)
    else:
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
        case kinds.Share(shared):
            return dimensions.shared(content, shared, "")
        case kinds.AnyDimension():
            return dimensions.comparison(content, random.choice(content.dimensions))  # noqa: S311 # a card by chance guards nothing
        case kinds.NextTip():
            return dimensions.tip(content, content.tips[0])
        case kinds.Settings() | kinds.More() | kinds.ChangeTips() | kinds.Stopping():
            draw = tips_notices.stopping if isinstance(given, kinds.Stopping) else tips_settings.settings
            return draw(examples.settings(content))
        case kinds.Upcoming():
            return examples.upcoming(content)
        case kinds.Past():
            return examples.history(content)
        case kinds.Diagnosis():
            return examples.doctor(content)
