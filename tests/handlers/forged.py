"""What may come back in a press or a form that no card of ours carries: every verb, with every odd thing beside it."""

from collections.abc import Iterator
from itertools import cycle, product
from typing import get_args

from cards.model import FORMS, Verb

VERBS: tuple[Verb, ...] = get_args(Verb)
SUBJECTS = ("", "tip/nothing-of-ours", "dilemma/nothing-of-ours", "dimension/nothing-of-ours", "tip/" + "z" * 90)
ARGUMENTS = ("", "0", "99999999999999999999", "9" * 100, "-1", "٣", "²", ":", "9:9:9", ":9", "x:٣", "twist:9")
# Longer than a button may carry, or with signs in them that no database takes.
REFUSED = (
    "show|dimension/risks|" + "9" * 5000,
    "plan-done||\x00",
    "vote||a\x1fb:0",
    "plans||\ud800",
)


def values(*real: str) -> Iterator[str]:
    """Give the values of buttons: each verb with each argument and each subject, and those of forms with every two."""
    for verb in VERBS:
        if verb in {*FORMS, *FORMS.values()}:
            pairs = list(product(ARGUMENTS, real))
        else:
            pairs = list(zip(ARGUMENTS, cycle(real), strict=False))
        for argument, subject in pairs:
            yield f"{verb}|{subject}|{argument}"
        for subject in (*SUBJECTS, *real):
            yield f"{verb}|{subject}|"
    yield from REFUSED
