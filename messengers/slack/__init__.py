"""Speak to Slack."""

from typing import Final

PLATFORM: Final = "slack"  # stored with everything that happens there
