"""Hand out Bolt's app without aiohttp's web server, which it imports and nothing here uses: 2 MB of each process."""

import importlib
import sys
from types import ModuleType

_NAME = "aiohttp.web"


class _Later(ModuleType):
    """Stands for a module of which only annotations want anything while others are imported; it is loaded afterwards.

    Until then each of its names is given as a string, as an annotation may be one: what else were done with it fails.
    """

    is_needed = False

    def __getattr__(self, name: str) -> object:
        """Give a name's string, and once the module is needed what it has under that name."""
        if name.startswith("__"):  # what Python asks of any module
            raise AttributeError(name)
        if not self.is_needed:
            return f"{_NAME}.{name}"
        return getattr(importlib.import_module(_NAME), name)


def _load_app_alone() -> None:
    """Import Bolt's app; the web server comes with whoever starts one, or asks for it by its own name."""
    stands_in = sys.modules[_NAME] = _Later(_NAME)
    try:
        importlib.import_module("slack_bolt.app.async_app")
    finally:
        del sys.modules[_NAME]
        stands_in.is_needed = True


if _NAME not in sys.modules:
    _load_app_alone()

from slack_bolt.app.async_app import AsyncApp  # noqa: E402 # see above

__all__ = ["AsyncApp"]
