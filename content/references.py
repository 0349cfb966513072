"""The types of what is cited: documents, and what one of them says somewhere."""

from typing import Literal, get_args

from msgspec import Struct

from content.inline import Rich

Checked = Literal["primary", "secondary"]
CHECKED: tuple[Checked, ...] = get_args(Checked)


class Reference(Struct, frozen=True):
    """A document that may be cited. `checked` says how its fact was checked, `checked_on` when (`YYYY-MM`).

    One that could not be opened is cited `after` others, which quote it.
    """

    id: str
    title: str
    authors: str
    year: str
    url: str
    fact: str
    checked: Checked
    checked_on: str
    caution: str = ""
    after: str = ""


class Source(Struct, frozen=True):
    """A reference with one sentence of ours on what it says here."""

    reference: Reference
    says: Rich
