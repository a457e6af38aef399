"""Answers of the city to discussions can be said in easy words, too."""

from alembic import op

revision = "0082"
down_revision = "0081"

ANSWERS = """
alter table easy_wordings drop constraint easy_wordings_about_known;
alter table easy_wordings add constraint easy_wordings_about_known check (about in ('board', 'rule', 'answer'));
"""


def upgrade() -> None:
    op.script(ANSWERS)
