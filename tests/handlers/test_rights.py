"""Rights: each verb and each kind of answer has a decision, and what changes something for all is enforced by it."""

from typing import get_args

from cards.model import FORMS, Action, Verb
from content.library import Library
from handlers import answers, rights
from handlers.asking import kinds
from handlers.learning import requests


def test_each_verb_has_a_right() -> None:
    """A new verb fails until somebody has decided who may do it."""
    assert set(rights.NEEDED) == set(get_args(Verb))


def test_each_kind_of_answer_has_a_right() -> None:
    """A new kind of answer fails too."""
    assert set(rights.NEEDED_BY_KIND) == set(get_args(kinds.Pressed))


def test_what_a_form_opens_needs_what_it_saves() -> None:
    """A form that opens for somebody who may not send it would be a trap; the other way round a hole."""
    assert [verb for verb, saved in FORMS.items() if rights.NEEDED[verb] != rights.NEEDED[saved]] == []


def test_what_changes_something_for_all_is_asked_in_one_of_two_places(shipped_content: Library) -> None:
    """Of tips: handlers/tips/requests.py. Of learning: the platform looks up who asks, where `is_change` says so."""
    of_tips = {
        verb
        for verb in rights.NEEDED
        if isinstance(answers.press(shipped_content, Action(verb)), kinds.ChangeTips) or verb.startswith("tips-")
    }
    changing = {verb for verb in rights.NEEDED if rights.is_change(verb)}
    assert changing - of_tips == {"round-ask", "round-save"}
    assert changing - of_tips <= {*requests.OPENED, *requests.TAKEN}
