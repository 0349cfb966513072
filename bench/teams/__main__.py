"""Start `python -m bench.teams`."""

import sys

from bench.teams import command

sys.exit(command.main())
