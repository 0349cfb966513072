"""Tell which tips may come next in place of the one whose turn it is."""

from collections.abc import Sequence
from datetime import datetime

from content.library import Hits, Library
from content.model import Tip
from scheduler import outlook
from scheduler.choosing import Candidates
from store.subscriptions import Subscription

_MOST = 5  # tips that an answer to typed words lists


def choices(library: Library, pool: Candidates, subscription: Subscription, now: datetime) -> Sequence[Tip]:
    """List the tips of a pool that may come next, in file order."""
    day = outlook.next_day(subscription, now, has_dilemmas=bool(library.dilemmas))
    found = (library.tip(id_) for id_ in outlook.pool(subscription, pool, day))
    return [tip for tip in found if tip is not None]


def about(library: Library, pool: Candidates, subscription: Subscription, words: str, now: datetime) -> Sequence[Tip]:
    """List the few of them that answer typed words best: those of a dimension where the words name one."""
    may = choices(library, pool, subscription, now)
    if dimension := library.named(words):
        return [tip for tip in may if tip.dimension == dimension.id][:_MOST]
    match library.search(words):
        case Hits(matches):
            found = [match.passage.entry for match in matches]
            return [tip for tip in found if isinstance(tip, Tip) and tip in may][:_MOST]
        case _:
            return []
