"""Say what each verb asks of who presses it, types it or sends it as a form: a verb without an answer fails a test.

It is a statement of what is enforced elsewhere, for tests to walk, and the one place where that is decided.
"""

from collections.abc import Mapping
from typing import Literal

from cards.model import Verb
from handlers.asking import kinds

# look: whoever can read the place. own: done to what is the person's own, found by their id and no other.
# post: whoever may write in the place may have a card posted there; it changes nothing that stands, and names them.
# change: as the channel's tips say who may; never guests, nor people from outside, unless they own them.
# take: members, who are asked for, or the owner whose answer it is.
# keep: owners of the tips, or members where anyone may change those.
Right = Literal["look", "own", "post", "change", "take", "keep"]

NEEDED: Mapping[Verb, Right] = {
    "show": "look",
    "deepen": "post",
    "page": "look",
    "define": "look",
    "share": "post",
    "keep": "own",
    "list": "look",
    "tips": "look",
    "tips-more": "look",
    "tips-upcoming": "look",
    "tips-preview": "look",
    "tips-history": "look",
    "tips-doctor": "look",
    "tips-edit": "change",
    "tips-save": "change",
    "tips-skip": "change",
    "tips-unskip": "change",
    "tips-pause": "change",
    "tips-resume": "change",
    "tips-off": "change",
    "tips-stop": "look",
    "tips-now": "change",
    "tips-send": "change",
    "tips-claim": "take",
    "tips-decline-claim": "take",
    "dilemma": "look",
    "choose": "own",
    "round-ask": "change",
    "round-save": "change",
    "vote": "own",
    "recall": "look",
    "recall-choose": "own",
    "plan": "own",
    "plan-save": "own",
    "plan-done": "own",
    "plan-later": "own",
    "plan-drop": "own",
    "plans": "own",
    "me": "own",
    "me-on": "own",
    "me-forget": "own",
    "home": "own",
    "privacy": "own",
    "privacy-forget": "own",
    "useful": "own",
    "not-useful": "own",
    "feedback-save": "own",
    "missing": "own",
    "missing-save": "own",
    "suggest": "own",
    "suggest-save": "own",
    "compare": "look",
    "compare-save": "look",
    "stats": "look",
    "record": "keep",
    "help": "look",
}
# The same of each kind of answer; what carries an action needs what its verb does.
NEEDED_BY_KIND: Mapping[type, Right | Literal["as its verb"]] = {
    kinds.Show: "look",
    kinds.Compare: "look",
    kinds.AnyDimension: "look",
    kinds.Share: "post",
    kinds.Keep: "own",
    kinds.Settings: "look",
    kinds.More: "look",
    kinds.NextTip: "look",
    kinds.Upcoming: "look",
    kinds.Swapping: "look",
    kinds.Past: "look",
    kinds.Diagnosis: "look",
    kinds.Stopping: "look",
    kinds.ChangeTips: "as its verb",
    kinds.Learn: "as its verb",
}


def is_change(verb: Verb) -> bool:
    """Say whether a verb changes what belongs to a whole conversation."""
    return NEEDED[verb] == "change"
