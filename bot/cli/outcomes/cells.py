"""Write tables as CSV that a spreadsheet opens without doing anything."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import takewhile

from content import wording

# OWASP, "CSV Injection": what begins a formula, in Excel's full-width forms too. A tab or a line's end may hide one,
# and so may what is not seen: spaces of any width and of none, marks of the byte order.
_BEGINS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_HIDES = frozenset("\t\r\n")


def table(head: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    """Give a table with a head as RFC 4180 has it; None is an empty cell, and no cell begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(safe, head))
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe(cell: str | int | None) -> str | int:
    """Give a cell that is read as what it says: words that would begin a formula get an apostrophe before them."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    before = "".join(takewhile(wording.is_blank, cell))
    begins = cell.removeprefix(before).startswith(_BEGINS) or not _HIDES.isdisjoint(before)
    return f"'{cell}" if begins else cell
