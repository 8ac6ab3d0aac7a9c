"""Which kind of file system a path lies on. SQLite's locks cannot be trusted over a network."""

import os
from pathlib import Path
from typing import Final

NETWORK: Final = frozenset(
    {"nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "fuse.glusterfs"}
    | {"fuse.sshfs", "fuse.s3fs", "fuse.ceph", "lustre", "beegfs", "fuse.rclone", "davfs", "fuse.davfs"}
)
"""Types of file system, as Linux names them, whose files live on another machine."""


def file_system(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`, or "" if unknown.

    `mounts` is the text of Linux's `/proc/self/mountinfo` (see proc(5)); of two mounts on one place the later counts.
    """
    wanted = Path(os.path.realpath(path))
    depth, found = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if not fields[4:] or not kind:
            continue
        place = Path(fields[4].encode().decode("unicode_escape"))
        if wanted.is_relative_to(place) and len(place.parts) >= depth:
            depth, found = len(place.parts), kind[0]
    return found


def network_type(path: Path, table: Path = Path("/proc/self/mountinfo")) -> str:
    """The type of the network file system that holds `path`; "" where it is a local one or the system does not tell."""
    try:
        kind = file_system(path, table.read_text(errors="replace"))
    except OSError:
        return ""
    return kind if kind in NETWORK else ""
