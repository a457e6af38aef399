"""Pictures and documents that came with a submission. They are sealed until the section publishes one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from forum import proof
from forum.files.rules import ENDINGS, Kind
from forum.pictures import Address

FILES_MAX = 3
USED_BY = "submission"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with the hash of the words with which it came, and whether everybody may see it."""

    submission_id: int
    submission_sha256: str
    file_id: int
    file_sha256: str
    kind: str
    bytes: int
    width: int | None
    height: int | None
    attached_at: datetime
    sha256: str
    published_at: datetime | None
    withdrawn: bool
    # With the names, or by whoever took the words back.
    deleted: bool

    @property
    def address(self) -> str:
        return str(Address(self.file_sha256, ENDINGS[Kind(self.kind)], self.width, self.height))

    @property
    def is_public(self) -> bool:
        """What was taken back is shown to nobody any more."""
        return self.published_at is not None and not self.withdrawn


def attachment_sha256(*, file: str, submission: str, attached_at: datetime) -> str:
    """`file` is the hash of its bytes as they are kept, `submission` that of the words."""
    return proof.digest({"file": file, "submission": submission, "time": proof.moment(attached_at)})


def mismatches(attachments: Iterable[Attachment]) -> Iterator[str]:
    for each in attachments:
        expected = attachment_sha256(
            file=each.file_sha256, submission=each.submission_sha256, attached_at=each.attached_at
        )
        if each.sha256 != expected:
            yield f"submission {each.submission_id}: its attachment {each.file_id} is not the one that came with it"
