"""Put the record of what a channel was taught together, from the store's rows and the content."""

from datetime import UTC, date, datetime, time, timedelta

from cards.compose.learning.record import KIND, Entry, Literacy, Record
from cards.model import Subject
from content.library import Library
from content.model import Dilemma, Dimension, Tip
from handlers.outcomes import counting
from messengers.base import Address
from store.conversations import Conversations
from store.database.connection import AsyncConnection
from store.learning import outcomes
from store.learning.outcomes import Scope, Taught

LITERACY = "eu-art4-literacy"  # the reference that says what the law asks
_conversations = Conversations()


async def record(
    connection: AsyncConnection,
    library: Library,
    address: Address,
    since: date | None = None,
    until: date | None = None,
    *,
    newest: int = 0,
) -> Record:
    """Read a channel's record: posts of the days from `since` to `until`, UTC; where not 0, the `newest` alone."""
    platform, workspace, conversation = address.platform, address.workspace, address.conversation
    scope = Scope(platform, workspace, (conversation,))
    after = _midnight(until + timedelta(days=1)) if until and until < date.max else None
    rows = await outcomes.taught(connection, scope, _midnight(since) if since else None, after, newest)
    known = await _conversations.find(connection, platform, workspace, conversation)
    return Record(
        platform,
        workspace,
        conversation,
        known.name if known else "",
        tuple(_entry(library, row) for row in rows),
        counting.summary(library, await outcomes.of(connection, scope)),
        literacy(library),
        since,
        until,
    )


def literacy(library: Library) -> Literacy | None:
    """Give what the content's own source says that the law asks; None where it has none."""
    found = next((one for one in library.references if one.id == LITERACY), None)
    return Literacy(found.fact, found.title, found.url, found.checked_on) if found else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _entry(library: Library, row: Taught) -> Entry:
    topic, title = counting.placed(library, row.subject)
    content = _content(library, row.subject)
    dimension = library.dimension(topic)
    kind = row.kind or ("tip" if row.subject.startswith("tip/") else "share")
    sources = [one.reference for one in content.sources] if content else []
    return Entry(
        row.at,
        KIND.get(kind, kind),
        row.subject,
        title,
        dimension.title if dimension else counting.GONE,
        row.version,
        row.corrected[: len("2026-12-02")],  # the day, without the words' digest
        tuple(dict.fromkeys((one.title, one.url) for one in sources)),
        content is not None and row.version == content.version,
        row.below,
    )


def _content(library: Library, subject: str) -> Dimension | Tip | Dilemma | None:
    try:
        named = Subject.parse(subject)
    except ValueError:
        return None
    match named.kind:
        case "dimension":
            return library.dimension(named.id)
        case "tip":
            return library.tip(named.id)
        case "dilemma":
            return library.dilemma(named.id)
