"""Settings every test runs under, and the PostgreSQL server that some of them use."""

import atexit
import fcntl
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import settings

from bot import content_loading, heap, logs
from bot.settings.checked import Settings
from content import library
from content.library import Library
from content.reading import snapshot
from content.reading.snapshot import Snapshot
from tests import databases
from tests import postgres as servers
from tests.postgres import Postgres

# Which of pytest-xdist's workers this process is; None in the first process.
_WORKER = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) if "PYTEST_XDIST_WORKER" in os.environ else None
_MEMORY = Path("/dev/shm")  # noqa: S108 # a folder is made in it as in any other for temporary files
_FEW_CORES = 4
_ROOM = 2**31  # bytes; a container has less, if not told otherwise


def _may_use_memory() -> bool:
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return False
    found = os.statvfs(_MEMORY)
    return found.f_bavail * found.f_frsize > _ROOM and not found.f_flag & os.ST_NOEXEC


# Databases wait for the disk at each commit, and for nothing in memory.
if _may_use_memory():
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None  # asked for already

# What is read of the content is kept for all processes of this run, those that tests start included. The first makes
# the folder, whatever was set, and takes it away at the end.
if _WORKER is None:
    os.environ["CONTENT_CACHE"] = tempfile.mkdtemp(prefix="content-")
    atexit.register(shutil.rmtree, os.environ["CONTENT_CACHE"], ignore_errors=True)

_HERE = Path(__file__).parent
_SHIPPED = Settings.read({}, None).content_path
_held: list[Library] = []
_reading = Path(os.environ["CONTENT_CACHE"], "reading").open("w", encoding="utf-8")  # noqa: SIM115 # locked until it is kept
atexit.register(_reading.close)

_OBJECTS = 50_000  # made before garbage is looked for: after Python's 700, a sixteenth of the time goes there

_CHAINS = ("alone", "browser of both", "browser", "gallery")  # of tests for one process, the longest first

# A bot's loop and its databases' threads wait for each other all the time: on one core up to a sixth less. With
# more cores to spare, the browsers and programs that a worker starts, and that stay there with it, had better spread.
if _WORKER is not None and hasattr(os, "sched_setaffinity"):
    _cores = sorted(os.sched_getaffinity(0))
    if len(_cores) <= _FEW_CORES:
        os.sched_setaffinity(0, {_cores[_WORKER % len(_cores)]})

# Time limits of single examples say more about the machine than about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the shipped content in use, by either of its names, so that nothing that runs here need read it anew.

    The first process reads it while the others import what they need, and they wait until they find it kept, its index
    and what its cards come to too: else each process, and each program that is started early, would draw some 1,500
    cards for itself.
    """
    if _WORKER is None:
        fcntl.flock(_reading, fcntl.LOCK_EX)
        return
    if [Path(arg).resolve() for arg in config.args] == [_HERE]:
        config.args[:] = _apart(_WORKER)
    fcntl.flock(_reading, fcntl.LOCK_SH)
    _hold()


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None, object, object]:
    """Read the shipped content, in the first process, once pytest-xdist has started the others."""
    begun = yield
    if _WORKER is None:
        _hold()
        _held[0].prepare()
        if session.config.getoption("numprocesses", default=None):
            content_loading.load(_SHIPPED, kept=Path(os.environ["CONTENT_CACHE"]))
        fcntl.flock(_reading, fcntl.LOCK_UN)
    return begun


def _hold() -> None:
    kept = Path(os.environ["CONTENT_CACHE"])
    _held.extend(library.load(named, kept=kept) for named in (_SHIPPED, Path(__file__).parents[1] / _SHIPPED))


def _apart(number: int) -> list[str]:
    """List what there is in here, each worker from elsewhere on: what one has compiled by then the next ones find."""
    places = sorted({_HERE / each.relative_to(_HERE).parts[0] for each in _HERE.rglob("test_*.py")})
    first = number * len(places) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    return [str(each) for each in places[first:] + places[:first]]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while all tests are found, nor ever again among what they are made of."""
    with heap.growing():
        found = yield
    heap.settle()
    gc.set_threshold(_OBJECTS)
    return found


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: started last, it would keep one core busy while the others are done.

    What runs alone of its kind comes first, all of it in one process: elsewhere it would hold another up.
    """
    for item in items:
        if item.get_closest_marker("alone"):
            item.add_marker(pytest.mark.xdist_group("alone"))
    items.sort(key=lambda item: (_turn(item), item.path))


def _turn(item: pytest.Item) -> int:
    """Give a lower number for what is to begin earlier: chains that one process works off, then the long ones."""
    group = item.get_closest_marker("xdist_group")
    if group is not None:
        return _CHAINS.index(group.args[0]) if group.args[0] in _CHAINS else len(_CHAINS)
    return len(_CHAINS) + (0 if item.get_closest_marker("long") else 1)


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Wait for another that runs alone, in whichever process: each has programs enough for two cores."""
    if not request.node.get_closest_marker("alone"):
        yield
        return
    if _WORKER is not None and request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@alone"), "pytest-xdist keeps no group together with this pytest"
    with (tmp_path_factory.getbasetemp().parent / "alone").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.default_int_handler(number, frame)


@pytest.fixture(autouse=True, scope="session")
def _own_interrupt() -> None:
    """Stop at Ctrl-C by a handler that is not Python's own.

    Where that is in place, asyncio puts its own there for each test and each fixture. To take it away it has the signal
    module compare it, which writes the handler out with the task it would cancel, and what that gave: with a fixture
    that holds a library, all of the content (50 ms each time).
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


@pytest.fixture(autouse=True, scope="session")
def _quiet_log() -> None:
    """Log as the program does, warnings only."""
    logs.configure("warning", "json")


@pytest.fixture(autouse=True, scope="session")
def _shipped_once() -> Iterator[None]:
    """Take the files of the shipped content once: no test writes there, and each bot that starts reads and hashes them.

    It was a tenth of what an emulated world takes. Other folders are read as often as they are asked for.
    """
    read, first = snapshot.snapshot, cache(snapshot.snapshot)
    shipped = os.path.abspath(_SHIPPED)  # noqa: PTH100 # Path.resolve asks the disk, each time

    def taken(folder: Path) -> Snapshot:
        return (first if os.path.abspath(folder) == shipped else read)(folder)  # noqa: PTH100 # as above

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "snapshot", taken)
        yield


@pytest.fixture(scope="session")
def shipped_content() -> Library:
    """Give the shipped content."""
    return library.load(_SHIPPED)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Give a PostgreSQL server that runs until the last test; one for each process that tests."""
    try:
        running = servers.running()
        server = running.__enter__()  # not `with`: what a test raises is no reason to skip
    except Exception as error:  # noqa: BLE001 # whatever keeps it from running here is the reason to skip
        pytest.skip(f"PostgreSQL does not run here: {type(error).__name__}: {error}")
    yield server
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def _migrated(postgres_server: Postgres) -> str:
    """Give the name of a database with our tables, to be copied."""
    name = postgres_server.create()
    databases.migrated(postgres_server.url(name))
    return name


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[str]:
    """Give the address of an empty PostgreSQL database, which is dropped after the test."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def migrated_postgres(postgres_server: Postgres, _migrated: str) -> Iterator[str]:
    """Give the address of a PostgreSQL database with our tables, empty, which is dropped after the test."""
    name = postgres_server.create(_migrated)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database of either kind, empty, with our tables."""
    if request.param == "sqlite":
        return databases.put(tmp_path / "bot.db")
    return str(request.getfixturevalue("migrated_postgres"))
