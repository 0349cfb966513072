"""The forms every platform draws as a dialog: a closed union of fields to fill."""

from msgspec import Struct

from cards.model import Action
from content.inline import Rich


class Option(Struct, frozen=True):
    """One of the choices of a field, under the heading of its `group` where it has one."""

    label: str
    value: str
    group: str = ""


class SingleSelect(Struct, frozen=True):
    """Pick one of a few, or of many that stand in groups, a group's options one after the other."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str
    hint: str = ""


class TimeInput(Struct, frozen=True):
    """Pick an hour and minute; `value` is `HH:MM`."""

    name: str
    label: str
    value: str
    hint: str = ""


class ZoneSearch(Struct, frozen=True):
    """Pick one of the 599 IANA time zones by typing; `value` may be empty: then it is asked."""

    name: str
    label: str
    value: str
    hint: str = ""


NO_COUNTRY = Option("No country", "none")  # the first to be found in every search for a country


class CountrySearch(Struct, frozen=True):
    """Pick a country by typing, or `NO_COUNTRY`; `value` is its code, `shown` the name it is shown by."""

    name: str
    label: str
    value: str
    shown: str
    hint: str = ""


class MultiSelect(Struct, frozen=True):
    """Pick any of a few, one at least; the answer is their values, separated by spaces."""

    name: str
    label: str
    options: tuple[Option, ...]
    values: tuple[str, ...]
    hint: str = ""


class DateInput(Struct, frozen=True):
    """Pick a date; `value` is ISO (`2026-12-07`) or empty; may be left empty when `optional`."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    optional: bool = True


class TextInput(Struct, frozen=True):
    """Type some words, `most` characters of them (0: what the platform takes); several lines where `is_long`."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    most: int = 0
    is_long: bool = False
    optional: bool = True


class UserSelect(Struct, frozen=True):
    """Pick people by the platform's ids, `most` of them; the answer is their ids, separated by spaces."""

    name: str
    label: str
    values: tuple[str, ...] = ()
    hint: str = ""
    most: int = 1
    optional: bool = False


Field = SingleSelect | TimeInput | ZoneSearch | CountrySearch | MultiSelect | DateInput | TextInput | UserSelect


class Form(Struct, frozen=True):
    """A dialog: fields to fill, and the action that receives them; `context` comes back with the answers."""

    title: str
    submit: str
    action: Action
    context: str
    fields: tuple[Field, ...]
    notes: tuple[Rich, ...] = ()
