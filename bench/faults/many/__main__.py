"""Start `python -m bench.faults.many`."""

import sys

from bench.faults.many import command

sys.exit(command.main())
