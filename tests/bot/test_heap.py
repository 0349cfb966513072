"""What a start makes is not looked through for garbage again and again."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import gc
from bot import heap

spent = []
gc.callbacks.append(lambda phase, info: phase == "start" and spent.append(info["generation"]))

def is_looked_through(made):
    return any(each is made for each in gc.get_objects())

with heap.growing():
    import csv
    made = [[] for _ in range(100_000)]
later = []
assert gc.isenabled()
assert not is_looked_through(made[0])
assert is_looked_through(later)
assert spent == [], spent

with heap.growing():
    import csv
    passing = []
assert is_looked_through(passing)

heap.settle()
assert gc.isenabled()
assert not is_looked_through(later)
assert is_looked_through([])

gc.disable()
with heap.growing():
    import wave
    made = []
assert not gc.isenabled()
assert is_looked_through(made)
print("right")
"""


def test_what_was_imported_and_what_a_start_made_is_out_of_collections() -> None:
    """While it is made, when it is there, and after a second import of the same; what comes later is not."""
    done = subprocess.run((sys.executable, "-c", PROGRAM), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 # our own words
    assert done.stdout.strip() == "right", done.stderr
