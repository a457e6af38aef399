"""Everybody chooses how to hear of what: in the inbox, by mail at once, in a summary, or not."""

from alembic import op

revision = "0049"
down_revision = "0048"

CHOICES = """
create table notification_choices (
    account_id bigint not null constraint notification_choices_account references accounts on delete cascade,
    subject text not null,
    in_room boolean not null,
    mail text not null
        constraint notification_choices_mail_known check (mail in ('at_once', 'daily', 'weekly', 'off')),
    primary key (account_id, subject)
);

alter table notifications
    -- Whether it is in the inbox, or only on its way by mail.
    add column in_room boolean not null default true,
    -- The mail that it waits for; null when it was sent, or is not to be.
    add column mail text constraint notifications_mail_known check (mail in ('at_once', 'daily', 'weekly')),
    -- While a worker sends it, no other does; a worker that dies gives it back in time.
    add column mailing_until timestamptz;
-- What a process of the release before adds is mailed at once, as it was then.
alter table notifications alter column mail set default 'at_once';
create index notifications_to_mail on notifications (account_id) where mail is not null;
"""


def upgrade() -> None:
    op.script(CHOICES)
