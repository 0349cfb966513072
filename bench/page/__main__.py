"""Start `python -m bench.page`."""

import sys

from bench.page import command

sys.exit(command.main())
