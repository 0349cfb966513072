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
from cards.compose import dimensions, examples, notices, proofs, recalls
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.model import Action, Card
from cards.renderers import RENDERERS
from content import matching
from content.levels import LEVEL_OF, LEVELS
from content.library import FaultyContent, Library
from content.model import Dilemma, Tip
from handlers import answers
from handlers.asking import kinds
from handlers.learning import dilemmas

_RECALL = "recall"  # below a tip as a level is, though no reader opens it
_TWIST = "twist"  # below a dilemma

# A platform's own JSON: Block Kit, an Adaptive Card.
_JSON: Mapping[str, Callable[[Card], object]] = {renderer.name: renderer.card for renderer in RENDERERS}


@commands.command(
    examples=(
        "python -m bot preview risks",
        "python -m bot preview risks sources --as text",
        "python -m bot preview tip way-out",
        "python -m bot preview tip way-out recall",
        "python -m bot preview dilemma sales-has-promised twist",
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

    `tip ID` draws that tip, and `tip ID detail`, `sources`, `exercise` or `recall` what is below it; `dilemma ID` that
    dilemma with all that is said of its choices, and `dilemma ID twist` what comes after it.
    """
    try:
        draw(_read(path), " ".join(words), form, Console())
    except (FaultyContent, UnknownEntryError) as error:
        raise click.ClickException(str(error)) from error


class UnknownEntryError(Exception):
    """There is no such tip or dilemma, or no such part of it; says which is near."""


def _read(path: Path | None) -> Library:
    if path:
        return content_loading.load(path)
    settings = parts.read_settings()
    return content_loading.load(settings.content_path, kept=settings.content_cache)


def draw(read: Library, words: str, form: str, console: Console) -> None:
    """Draw what `/pm-compare words` answers, `tip ID PART` or `dilemma ID PART`.

    `form` is `terminal`, `text`, or a platform's name.

    Raises:
        UnknownEntryError: there is no such tip or dilemma, or no such part of it.
    """
    card = answer(read, words)
    if form in _JSON:
        console.out(json.dumps(_JSON[form](card), ensure_ascii=False, indent=2), highlight=False)
    elif form == "text":
        console.out(text.message(card), highlight=False)
    else:
        terminal.draw(card, console)


def answer(content: Library, words: str) -> Card:
    """Give the card for typed words; what a channel's settings decide shows an example."""
    entry = _entry(content, words)
    if entry is not None:
        return entry
    given = answers.ask(content, words)
    match given:
        case kinds.Show(card):
            return card
        case kinds.Compare(dimension):
            return dimensions.comparison(content, dimension)
        case kinds.Share(shared):
            return dimensions.shared(content, shared, "")
        case kinds.AnyDimension():
            return dimensions.comparison(content, random.choice(content.dimensions))  # noqa: S311 # a random card guards nothing
        case kinds.NextTip():
            return dimensions.tip(content, content.tips[0])
        case kinds.Settings() | kinds.More() | kinds.ChangeTips() | kinds.Stopping():
            draw = tips_notices.stopping if isinstance(given, kinds.Stopping) else tips_settings.settings
            return draw(examples.settings(content))
        case kinds.Upcoming() | kinds.Swapping():
            return examples.upcoming(content)
        case kinds.Past():
            return examples.history(content)
        case kinds.Diagnosis() | kinds.Learn():
            return examples.doctor(content) if isinstance(given, kinds.Diagnosis) else _learning(content, given.action)


def _learning(content: Library, action: Action) -> Card:
    """Draw a dilemma, or the button that stands for what only a running bot can answer."""
    if action.verb == "dilemma":
        return dilemmas.drawn(content, action.subject)
    if action.verb == "privacy":
        return notices.privacy()
    return tips_notices.in_private(action, "Show me")


def _entry(content: Library, words: str) -> Card | None:
    """Give the card of the entry that words name by its id, or of a part of it; None where they name none."""
    match words.split():
        case ["tip", id_, *parts_] if not parts_ or content.tip(id_) or parts_[0] in (*LEVEL_OF, _RECALL):
            return _of_tip(content, _tip(content, id_), " ".join(parts_))
        case ["dilemma", id_, *parts_] if not parts_ or content.dilemma(id_) or parts_[0] == _TWIST:
            return _of_dilemma(_dilemma(content, id_), " ".join(parts_))
        case _:
            return None


def _tip(content: Library, id_: str) -> Tip:
    tip = content.tip(id_)
    if tip is None:
        near = matching.suggestion(id_, [each.id for each in content.tips])
        raise UnknownEntryError(f"There is no tip `{id_}`{near}")
    return tip


def _dilemma(content: Library, id_: str) -> Dilemma:
    dilemma = content.dilemma(id_)
    if dilemma is None:
        near = matching.suggestion(id_, [each.id for each in content.dilemmas])
        raise UnknownEntryError(f"There is no dilemma `{id_}`{near}")
    return dilemma


def _of_dilemma(dilemma: Dilemma, part: str) -> Card:
    if not part:
        return proofs.dilemma(dilemma)
    if part != _TWIST:
        raise UnknownEntryError(
            f"A dilemma has no `{part}`{matching.suggestion(part, [_TWIST])}; there is `{_TWIST}` alone."
        )
    if dilemma.twist is None:
        raise UnknownEntryError(f"The dilemma `{dilemma.id}` has no twist.")
    return proofs.twist(dilemma, dilemma.twist)


def _of_tip(content: Library, tip: Tip, part: str) -> Card:
    if not part:
        return dimensions.tip(content, tip)
    if part in LEVEL_OF:
        return dimensions.level(content, tip, LEVEL_OF[part], public=False)
    if part != _RECALL:
        known = (*LEVELS, _RECALL)
        raise UnknownEntryError(
            f"A tip has no `{part}`{matching.suggestion(part, known)}; there are {', '.join(known)}."
        )
    if tip.recall is None:
        raise UnknownEntryError(f"The tip `{tip.id}` has no recall.")
    return recalls.recall(tip, tip.recall)
