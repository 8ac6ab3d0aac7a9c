"""The texts of policies, in the database and in memory: what is in force stays so, whatever becomes of the files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from deskhand.store import schema
from deskhand.store.codec import pack_texts, texts_from
from deskhand.store.journal import Journal

_T: Final = schema.texts
_BODY: Final = select(_T.c.body).where(_T.c.digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class SqlTexts:
    """Texts by the digest of their version, within one transaction."""

    connection: Connection

    def keep(self, digest: str, texts: Mapping[str, str], at: datetime) -> None:
        """Keep the texts of a version; what is kept already stays as it is."""
        if self.of(digest) is None:
            self.connection.execute(insert(_T), {"digest": digest, "kept_at": at, "body": pack_texts(texts)})

    def of(self, digest: str) -> dict[str, str] | None:
        """The texts of a version by file name, or None."""
        body = self.connection.scalar(_BODY, {"digest": digest})
        return None if body is None else texts_from(body)

    def kept(self) -> dict[str, datetime]:
        """Every version whose texts are kept, with since when."""
        return {row.digest: row.kept_at for row in self.connection.execute(select(_T.c.digest, _T.c.kept_at))}

    def forget(self, digests: Collection[str]) -> None:
        """Drop the texts of these."""
        if digests:
            self.connection.execute(delete(_T).where(_T.c.digest.in_(digests)))


@dataclass(frozen=True, slots=True)
class MemoryTexts:
    """Texts by the digest of their version, as long as the process lives."""

    rows: Journal[str, tuple[datetime, Mapping[str, str]]]

    def keep(self, digest: str, texts: Mapping[str, str], at: datetime) -> None:
        """Keep the texts of a version; what is kept already stays as it is."""
        if digest not in self.rows.rows:
            self.rows.put(digest, (at, dict(texts)))

    def of(self, digest: str) -> dict[str, str] | None:
        """The texts of a version by file name, or None."""
        found = self.rows.rows.get(digest)
        return None if found is None else dict(found[1])

    def kept(self) -> dict[str, datetime]:
        """Every version whose texts are kept, with since when."""
        return {digest: at for digest, (at, _) in self.rows.rows.items()}

    def forget(self, digests: Collection[str]) -> None:
        """Drop the texts of these."""
        for digest in digests:
            self.rows.drop(digest)
