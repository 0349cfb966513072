"""What is set so far, and what was typed since."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from bot.cli.setup.asking import Asker, Question

PUBLIC_URL: Final = Question(
    "PUBLIC_URL", "https address under which the bot is reached", lambda reader: reader.site("PUBLIC_URL")
)


class Answers(Struct):
    """What is set so far: `before` by .env and the environment, `values` with what was typed since."""

    before: Mapping[str, str]
    values: dict[str, str]

    def ask(self, asker: Asker, question: Question) -> str:
        """Ask for one setting and note it; gives its value, '' where there is none."""
        given = asker.setting(question, self.values.get(question.name, ""))
        if given:
            self.values[question.name] = given
        return given

    def forget(self, name: str) -> None:
        """Take back what was typed."""
        self.values.pop(name, None)
        if name in self.before:
            self.values[name] = self.before[name]
