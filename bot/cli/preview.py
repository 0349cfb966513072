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
from cards.compose import dimensions, examples, recalls
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.model import Action, Card
from cards.renderers import RENDERERS
from content import matching
from content.levels import LEVEL_OF, LEVELS
from content.library import FaultyContent, Library
from content.model import Tip
from handlers import answers
from handlers.asking import kinds

_RECALL = "recall"  # below a tip as a level is, though no reader opens it

# A platform's own JSON: Block Kit, an Adaptive Card.
_JSON: Mapping[str, Callable[[Card], object]] = {renderer.name: renderer.card for renderer in RENDERERS}


@commands.command(
    examples=(
        "python -m bot preview risks",
        "python -m bot preview risks sources --as text",
        "python -m bot preview tip way-out",
        "python -m bot preview tip way-out recall",
        "python -m bot preview --path my-content tip way-out",
        "python -m bot preview risks --as slack | jq .blocks",
        "python -m bot preview risks --as teams > risks.json",
    )
)
@click.argument("words", nargs=-1)
@click.option("--as", "form", type=click.Choice(["terminal", "text", *_JSON]), default="terminal", show_default=True)
@click.option("--path", type=click.Path(path_type=Path), help="The content's folder instead of CONTENT_PATH.")
def preview(words: tuple[str, ...], form: str, path: Path | None) -> None:
    """Draw the answer to WORDS here, as /pm-compare would give it.

    `tip ID` draws that tip, and `tip ID detail`, `sources`, `exercise` or `recall` what is below it.
    """
    try:
        draw(path or parts.read_settings().content_path, " ".join(words), form, Console())
    except (FaultyContent, UnknownTipError) as error:
        raise click.ClickException(str(error)) from error


class UnknownTipError(Exception):
    """There is no such tip, or no such part of it; says which is near."""


def draw(path: Path, words: str, form: str, console: Console) -> None:
    """Draw what `/pm-compare words` answers, or `tip ID PART`; `form` is `terminal`, `text`, or a platform's name.

    Raises:
        FaultyContent: the content cannot be read.
        UnknownTipError: there is no such tip, or no such part of it.
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
    match words.split():
        case ["tip", id_, *parts_] if not parts_ or content.tip(id_) or parts_[0] in (*LEVEL_OF, _RECALL):
            return _of_tip(content, _tip(content, id_), " ".join(parts_))
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
        case kinds.Diagnosis() | kinds.Learn():
            return examples.doctor(content) if isinstance(given, kinds.Diagnosis) else _learning(content, given.action)


def _learning(content: Library, action: Action) -> Card:  # noqa: ARG001 # a dilemma is drawn from it
    """Give the button that stands for what only a running bot can answer."""
    return tips_notices.in_private(action, "Show me")


def _tip(content: Library, id_: str) -> Tip:
    tip = content.tip(id_)
    if tip is None:
        near = matching.suggestion(id_, [each.id for each in content.tips])
        raise UnknownTipError(f"There is no tip `{id_}`{near}")
    return tip


def _of_tip(content: Library, tip: Tip, part: str) -> Card:
    if not part:
        return dimensions.tip(content, tip)
    if part in LEVEL_OF:
        return dimensions.level(content, tip, LEVEL_OF[part], public=False)
    if part != _RECALL:
        known = (*LEVELS, _RECALL)
        raise UnknownTipError(f"A tip has no `{part}`{matching.suggestion(part, known)}; there are {', '.join(known)}.")
    if tip.recall is None:
        raise UnknownTipError(f"The tip `{tip.id}` has no recall.")
    return recalls.recall(tip, tip.recall)
