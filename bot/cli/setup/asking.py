"""Ask one question at a time in the terminal: secrets stay unseen, and Enter leaves a thing as it is."""

from collections.abc import Callable
from typing import Literal, assert_never, get_args

import click
from msgspec import Struct

from bot.credentials import Tried
from bot.settings.reader import Reader

Check = Callable[[Reader], object]  # one of the reader's own: what is wrong is in its `faults` then
Choice = Literal["again", "keep", "skip"]
_CHOICES: tuple[Choice, ...] = get_args(Choice)


class Question(Struct, frozen=True):
    """One setting to ask for: what it is called, what to say, where it is found, and how it is judged."""

    name: str
    words: str
    judged: Check
    is_secret: bool = False


class Asker(Struct, frozen=True):
    """Asks; `hides` is whether secrets can be hidden, which wants a terminal."""

    hides: bool

    def say(self, words: str = "") -> None:
        """Say something between questions."""
        click.echo(words)

    def setting(self, question: Question, current: str) -> str:
        """Ask until the answer can be a value of the setting; '' where it was skipped, `current` where it stays."""
        hint = "Enter keeps the one that is set" if current else "Enter skips it"
        while True:
            text = f"{question.words} ({hint})"
            typed = str(
                click.prompt(text, default="", show_default=False, hide_input=question.is_secret and self.hides)
            ).strip()
            if not typed:
                return current
            reader = Reader({question.name: typed}, None)
            question.judged(reader)
            if not reader.faults:
                for doubt in reader.doubts:
                    self.say(f"  {doubt}")
                return reader.raw(question.name)
            self.say(f"  {reader.faults[0]}")

    def choice(self, words: str, options: tuple[str, ...], default: str) -> str:
        """Ask which; Enter takes the default."""
        return str(click.prompt(words, type=click.Choice(options, case_sensitive=False), default=default))

    def confirmed(self, words: str, *, default: bool) -> bool:
        """Ask yes or no."""
        return click.confirm(words, default=default)

    def tried(self, tried: Tried) -> Choice:
        """Say how the platform took it, and ask what to do where it did not."""
        match tried.outcome:
            case "accepted":
                self.say(f"  ok: {tried.words}.")
                return "keep"
            case "refused":
                self.say(f"  {tried.words}.")
                return self._chosen("again")
            case "unknown":
                self.say(f"  {tried.words}: whether it is right cannot be told now.")
                return self._chosen("keep")
            case _:
                assert_never(tried.outcome)

    def _chosen(self, default: Choice) -> Choice:
        chosen = self.choice("  Type it again, keep it as it is, or skip it", _CHOICES, default)
        return next(option for option in _CHOICES if option == chosen)
