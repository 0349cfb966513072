"""Start `python -m bench.faults`."""

import sys

from bench.faults import command

sys.exit(command.main())
