"""Start `python -m bench.faults.asking`."""

import sys

from bench.faults.asking import command

sys.exit(command.main())
