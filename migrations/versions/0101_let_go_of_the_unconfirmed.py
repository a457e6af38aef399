"""Whoever never confirmed an address is forgotten, also if they read a topic, followed a public comment or were told of one.

Where somebody had read or followed, the hourly deletion failed for all, and ended sessions and addresses that were left stayed
as well.
"""

from alembic import op

revision = "0101"
down_revision = "0100"

GOES_ALONG = """
alter table read_marks drop constraint read_marks_account,
    add constraint read_marks_account foreign key (account_id) references accounts on delete cascade;
alter table consultation_followers drop constraint consultation_followers_account,
    add constraint consultation_followers_account foreign key (account_id) references accounts on delete cascade;
alter table notifications drop constraint notifications_account,
    add constraint notifications_account foreign key (account_id) references accounts on delete cascade;
"""


def upgrade() -> None:
    op.script(GOES_ALONG)
