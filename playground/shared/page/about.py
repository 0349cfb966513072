"""What the page tells beside what happens on a platform: what can be typed, and where the bot keeps its database."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from playground.shared.values import Json


class About(Struct, frozen=True):
    """`usages` are lists of (what is typed, what for): on Slack by command, on Teams by kind of conversation.

    `database` is its path, seen from where the playground was started; '' where that is nobody's business.
    """

    usages: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    database: str = ""

    def shown(self) -> Json:
        """For the page's outline."""
        return {
            "usages": {name: [list(usage) for usage in usages] for name, usages in self.usages.items()},
            "database": self.database,
        }


NOTHING = About()
