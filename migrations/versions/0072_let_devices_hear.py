"""Let devices hear of notices at once."""

from alembic import op

revision = "0072"
down_revision = "0071"

DEVICES = """
-- Where a browser asked for notices. It hears as long as its owner stays logged in there.
create table push_devices (
    id bigint generated always as identity primary key,
    session bytea not null constraint push_devices_session references sessions on delete cascade
        constraint push_devices_one_a_session unique,
    name text not null,
    endpoint text not null constraint push_devices_endpoint unique,
    -- What only the browser can read is written with these.
    p256dh text not null,
    auth text not null,
    -- Whose messages the endpoint takes.
    sender_key text not null,
    created_at timestamptz not null,
    failing_since timestamptz
);

-- Null is as by default.
alter table notification_choices add push boolean;
-- Waits to be sent to devices.
alter table notifications add push boolean not null default false;
"""


def upgrade() -> None:
    op.script(DEVICES)
