"""Start `python -m bench.scale`."""

import sys

from bench.scale import command

sys.exit(command.main())
