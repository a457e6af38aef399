"""Every published date of a procedure is moved on record: also its beginning, and when the result is expected."""

from alembic import op

revision = "0096"
down_revision = "0095"

DATES = """
alter table consultation_changes
    -- When the period was to begin before the change, and begins with it; null where that stays.
    add column opened_at timestamptz, add column opens_at timestamptz,
    -- When the result was expected, and is; both null where that stays.
    add column due_before date, add column due_after date;
alter table consultation_changes drop constraint consultation_changes_act_known;
alter table consultation_changes add constraint consultation_changes_act_known
    check (act in ('reschedule', 'extend', 'close', 'skip', 'withdraw'));
"""


def upgrade() -> None:
    op.script(DATES)
