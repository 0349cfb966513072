"""Write tables as CSV that a spreadsheet opens without doing anything."""

import csv
import io
from collections.abc import Iterable, Sequence

# OWASP, "CSV Injection": what begins a formula, in Excel's full-width forms too. A tab or a line's end may hide one.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_BEGINS) or cell.startswith(_BEGINS) else cell
