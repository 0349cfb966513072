"""Speak to Microsoft Teams."""

from typing import Final

PLATFORM: Final = "teams"  # stored with everything that happens there
