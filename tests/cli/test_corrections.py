"""`python -m bot corrections`: how many posts there are to correct, and why the others are not."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cards.compose.learning.corrections import editions
from content import library
from store.database.access import Database
from store.learning.corrections import Corrections
from store.posts import Posts
from store.subscriptions import Subscriptions
from tests import databases
from tests.cli.program import ROOT, typed
from tests.store import rows


async def filled(folder: Path) -> str:
    """Make a database with posts of a tip that the shipped content corrected once; gives the subject."""
    shipped = editions(library.load(ROOT / "content" / "ai-pm"))
    subject = next(one for one, edition in shipped.items() if one.startswith("tip/") and edition.version > 1)
    edition = shipped[subject]
    made = datetime.fromisoformat(edition.corrected).replace(tzinfo=UTC) - timedelta(days=3)
    posts = [
        rows.post("1.0", subject=subject, kind="tip", version=edition.version - 1, created_at=made),
        rows.post("2.0", subject=subject, kind="share", version=edition.version - 1, created_at=made),
        rows.post("3.0", subject=subject, kind="tip", version=edition.version, created_at=made),
        rows.post("4.0", subject=subject, created_at=made),
        rows.post("5.0", subject=subject, kind="tip", version=1, created_at=made, conversation="C2"),
        rows.post("6.0", subject=subject, kind="tip", version=1, created_at=made, dead=True),
    ]
    database = Database(databases.put(folder / "bot.db"))
    async with database.write() as connection:
        await Posts().remember(connection, posts)
        await Subscriptions().insert(connection, rows.subscription("C2", corrections=False))
    await database.close()
    return subject


async def waiting(folder: Path) -> int:
    """Count the corrections that wait."""
    database = Database(f"sqlite:///{folder / 'bot.db'}")
    async with database.read() as connection:
        counts = await Corrections().counts(connection)
    await database.close()
    return counts["planned"]


def test_a_dry_run_counts_and_plans_nothing(tmp_path: Path) -> None:
    """Each subject's posts in a line, with why they are left alone; then it is done, and a second time nothing is."""
    subject = asyncio.run(filled(tmp_path))
    dry = typed(tmp_path, "corrections", "--dry-run")
    assert dry.code == 0, dry.err
    line = next(each for each in dry.out.splitlines() if each.startswith(subject))
    assert line == (
        f"{subject}: 2 to be corrected, 1 in channels that leave posts as they are, "
        "1 made before versions were kept, or a level, 1 deleted, 1 up to date"
    )
    assert "2 to be corrected; nothing was planned" in dry.out
    assert asyncio.run(waiting(tmp_path)) == 0
    assert "2 corrections planned" in typed(tmp_path, "corrections").out
    assert asyncio.run(waiting(tmp_path)) == 2
    assert "0 corrections planned" in typed(tmp_path, "corrections").out
    assert "2 with a correction planned or tried" in typed(tmp_path, "corrections", "--dry-run").out
