"""A day that is promised lasts until it ends in the town."""

from alembic import op

revision = "0095"
down_revision = "0094"

DAYS = """
-- The midnight with which the day of a moment ends in the town, whose zone every connection of the program says.
create function end_of_day(moment timestamptz) returns timestamptz language sql stable
return (date_trunc('day', moment at time zone coalesce(current_setting('town.zone', true), 'Asia/Tokyo')) + interval '1 day')
    at time zone coalesce(current_setting('town.zone', true), 'Asia/Tokyo');
"""


def upgrade() -> None:
    op.script(DAYS)
