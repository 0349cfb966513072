"""Whether a file lies on another machine's disk."""

from pathlib import Path

from bot.cli.network_disks import remote_filesystem

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /srv nfs4 rw 0 0
/dev/sdb1 /srv/local\\040disk xfs rw 0 0
//host/share /mnt cifs rw 0 0
/dev/sdc1 /mnt ext4 rw 0 0
user@host:/ /remote/there fuse.sshfs rw 0 0

"""


def test_the_closest_mount_decides(tmp_path: Path) -> None:
    """The innermost mount point above the file holds it, and of two on one point the later."""
    table = tmp_path / "mounts"
    table.write_text(MOUNTS)
    kinds = {
        path: remote_filesystem(Path(path), table)
        for path in ("/var/bot.db", "/srv/bot.db", "/srv/local disk/bot.db", "/mnt/bot.db", "/remote/there/a/bot.db")
    }
    assert kinds == {
        "/var/bot.db": "",
        "/srv/bot.db": "nfs4",
        "/srv/local disk/bot.db": "",
        "/mnt/bot.db": "",
        "/remote/there/a/bot.db": "fuse.sshfs",
    }


def test_what_cannot_be_told_is_not_claimed(tmp_path: Path) -> None:
    """Without a table of mounts nothing is said, and this machine's own temporary folder is no network disk."""
    assert not remote_filesystem(tmp_path / "bot.db", tmp_path / "absent")
    assert not remote_filesystem(tmp_path / "bot.db")
