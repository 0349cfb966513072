"""Give the world of one workspace here too."""

from tests.handlers.slack.conftest import world as world  # noqa: PLC0414 # pytest finds it by its name here
