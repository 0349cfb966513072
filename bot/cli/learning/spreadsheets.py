"""Write tables that a spreadsheet opens as they are: what people typed never becomes a formula there."""

import csv
import io
from collections.abc import Iterable, Sequence

# OWASP, "CSV Injection": a cell that begins with one of these is worked out, also after spaces, and so are the wide
# forms of them; a quotation mark before it makes it words.
_BEGIN = tuple("=+-@\t\r\n＝＋－＠")  # wide forms are meant


def cell(value: object) -> str:
    """Give a cell's text: numbers as they are, words so that no spreadsheet works them out."""
    text = "" if value is None else str(value)
    if isinstance(value, int) or not text.lstrip(" ").startswith(_BEGIN):
        return text
    return f"'{text}"


def written(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a table as CSV (RFC 4180), every cell in quotation marks."""
    to = io.StringIO(newline="")
    writer = csv.writer(to, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return to.getvalue()
