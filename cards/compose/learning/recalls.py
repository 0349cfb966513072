"""Compose the questions that ask what an earlier tip left, and the answers that explain every option."""

from cards.compose import notices, parts, phrases
from cards.compose.phrases import rich
from cards.model import Action, Actions, Button, Caption, Card, Header, Subject, TextBlock
from content.library import Library
from content.model import Recall, Tip

_WORDS = 45  # characters of a title on the quiet button below a tip


def remember(tip: Tip, below: Tip) -> Actions:
    """Draw the quiet button `below` a tip that asks about an earlier one."""
    title = tip.title if len(tip.title) <= _WORDS else f"{tip.title[: _WORDS - 1].rstrip()}…"
    return Actions((Button(f"Remember “{title}”?", Action("recall", parts.subject_of(tip), f"0:{below.id}")),))


def question(tip: Tip, left: int, below: str = "") -> Card:
    """Draw a case that the tip does not tell, and its options; `left` questions come after it.

    `below` is the id of the tip whose button asked.
    """
    recall, subject = _recall(tip), parts.subject_of(tip)
    return Card(
        title=f"A case for “{tip.title}”",
        blocks=(
            Caption(rich(f"From the tip “{tip.title}”")),
            Header("What would you do here?"),
            TextBlock(recall.case),
            TextBlock(rich(phrases.strong(recall.question))),
            *(
                Actions(
                    (
                        Button(
                            parts.shortened(option.label), Action("recall-choose", subject, f"{place}:{left}:{below}")
                        ),
                    )
                )
                for place, option in enumerate(recall.options)
            ),
            *_back(below),
            Caption(rich("Only you see this. How many chose well here is counted, never who.")),
        ),
    )


def explained(library: Library, tip: Tip, chosen: int, following: tuple[Tip, int] | None, below: str = "") -> Card:
    """Draw why each option is right or wrong, the chosen one first, and the idea behind it.

    `following` is the next case and how many come after it; `below` as in `question`.
    """
    recall, subject = _recall(tip), parts.subject_of(tip)
    option = recall.options[chosen]
    others = [each for place, each in enumerate(recall.options) if place != chosen]
    dimension = library.dimension(tip.dimension)
    compare = (Button(f"Compare: {dimension.short}", Action("show", parts.subject_of(dimension))),) if dimension else ()
    more: tuple[Button, ...] = ()
    if following is not None:
        next_tip, left = following
        more = (Button("Next case", Action("recall", parts.subject_of(next_tip), str(left)), "primary"),)
    return Card(
        title="That works" if option.verdict == "right" else "Not quite",
        blocks=(
            Header("That works" if option.verdict == "right" else "Not quite"),
            TextBlock(rich(phrases.strong(f"You chose: {option.label}"), "\n", option.why)),
            *(
                TextBlock(rich(phrases.strong(f"{each.label}"), f" ({_verdict(each.verdict)})", "\n", each.why))
                for each in others
            ),
            TextBlock(rich(phrases.strong("The idea:"), " ", tip.idea)),
            Actions((*more, Button("Open the tip", Action("show", subject)), *compare)),
            *_back(below),
            Caption(rich(parts.checked(len(tip.sources), tip.checked_on))),
        ),
    )


def _back(below: str) -> tuple[Actions, ...]:
    return (Actions((Button("‹ Back to this week's tip", Action("show", Subject("tip", below))),)),) if below else ()


def none() -> Card:
    """Draw the answer where there is nothing to ask about."""
    return notices.notice(
        "There is no case to try",
        rich("The tip was removed, or no tip has a question yet. Here is what there is:"),
        Button("All dimensions", Action("list")),
    )


def _recall(tip: Tip) -> Recall:
    if tip.recall is None:
        raise ValueError(f"the tip {tip.id} has no question")
    return tip.recall


def _verdict(verdict: str) -> str:
    return "this works" if verdict == "right" else "this does not work"
