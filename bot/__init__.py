"""The program: what is set up and run."""

from typing import Final

VERSION: Final = "0.1.0"  # as in pyproject.toml, which is not there wherever the program is
