"""The types of what is cited: documents, and what one of them says somewhere."""

from dataclasses import dataclass
from typing import Literal, get_args

from content.inline import Rich

Checked = Literal["primary", "secondary"]
CHECKED: tuple[Checked, ...] = get_args(Checked)


@dataclass(frozen=True, slots=True)
class Reference:
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


@dataclass(frozen=True, slots=True)
class Source:
    """A reference with one sentence of ours on what it says here."""

    reference: Reference
    says: Rich
