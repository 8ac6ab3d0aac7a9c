"""Which kind of file system a path lies on."""

from pathlib import Path

import pytest

from deskhand.store.mount import file_system, network_type

TABLE = """\
22 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:27 / /proc rw - proc proc rw
41 22 0:40 / /srv/share rw,relatime shared:7 - nfs4 server:/export rw,vers=4.2
42 41 0:41 / /srv/share/fast rw - xfs /dev/sdb1 rw
43 22 0:42 / /mnt/my\\040files rw - cifs //server/files rw
44 22 0:43 / /over rw - ext4 /dev/sdc1 rw
45 44 0:44 / /over rw - fuse.sshfs me@host:/ rw
a line that makes no sense
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/deskhand", "ext4"),
        ("/srv/share", "nfs4"),
        ("/srv/share/deskhand", "nfs4"),
        ("/srv/shared", "ext4"),
        ("/srv/share/fast/db", "xfs"),
        ("/mnt/my files/db", "cifs"),
        ("/over/db", "fuse.sshfs"),
    ],
)
def test_the_innermost_and_latest_mount_counts(path: str, kind: str) -> None:
    """The longest mount point above the path decides; of two mounted on one place the later one; names may hold blanks."""
    assert file_system(Path(path), TABLE) == kind


def test_only_network_types_are_named(tmp_path: Path) -> None:
    """A path on a network file system gives its type, one on a local disk nothing, and so does a system that does not tell."""
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    assert network_type(Path("/srv/share/x"), table) == "nfs4"
    assert network_type(Path("/srv/share/fast/x"), table) == ""
    assert network_type(Path("/srv/share/x"), tmp_path / "none") == ""
    assert network_type(tmp_path) == ""
