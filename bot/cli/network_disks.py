"""Tell whether a file lies on another machine's disk, where SQLite's locks can't be relied on."""

import re
from pathlib import Path

# Linux names them so in the table of mounts; 9p and virtiofs share a host's folder with a virtual machine.
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs"}
    | {"lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "virtiofs"}
)


def remote_filesystem(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Give the kind of network file system that holds `path` (`nfs4`), '' where it is a disk of this machine.

    `path` need not exist. As far as can be told: '' too where the table of mounts can't be read, as on macOS.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    target = path.absolute()
    if target.parent.is_dir():
        target = target.parent.resolve() / target.name
    # The longest mount point above the file holds it; of two on the same point, the later one covers the other.
    holding = [
        (len(point.parts), index, kind)
        for index, (point, kind) in enumerate(map(_mount, lines))
        if point in target.parents
    ]
    kind = max(holding)[2] if holding else ""
    return kind if kind in _REMOTE else ""


def _mount(line: str) -> tuple[Path, str]:
    """Read one line of the table: `device point kind options …`; what would part it in a point is written in octal."""
    _, point, kind, *_ = (*line.split(" "), "", "", "")
    return Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point)), kind
