"""Every place of the database that speaks of an account, and why some of them do not go along with the person, or stay when
they leave. Whoever adds a table says here what it is, or gives it to `PORTIONS` and `FAREWELLS` in `forum/slices.py`."""

from forum.db import Database

OFFICE = "an act of an office: the town's record, which the public log or the published paper shows"
SECRET = "a key that only its holder's calendar or app may know"
WORKING = "how moderators share their work at this moment"
SEALED_LOOK = "that somebody with an office opened a seal: the record protects whom the seal is about"

NOT_TAKEN_ALONG = {
    OFFICE: {
        *("answer_promises.by_id", "answer_variants.written_by", "answers.author_id", "approval_switches.switched_by"),
        *("approvals.asked_by", "approvals.ended_by", "citizen_groups.entered_by", "city_answer_steps.by_id"),
        *("consultation_changes.made_by", "consultations.created_by", "decisions.moderator_id"),
        *("decisions.proposed_by", "digest_acts.account_id", "digests.compiled_by", "further_answers.added_by"),
        *("inquiries.asked_by", "inquiries.ended_by", "late_submissions.entered_by", "map_changes.made_by"),
        *("maps.opened_by", "objection_windows.opened_by", "objections.answered_by", "occasions.entered_by"),
        *("pair_switches.switched_by", "plan_versions.made_by", "progress_reports.reported_by"),
        *("proposals.ended_by", "proposals.proposed_by", "proxy_corrections.corrected_by"),
        *("proxy_entries.entered_by", "submission_files.published_by", "tags.added_by", "timetables.by_id"),
        *("transfers.made_by", "easy_wordings.written_by", "suggestions.asked_by"),
        *("appointments.account_id", "appointments.made_by", "residences.verified_by", "residences.ended_by"),
    },
    SECRET: {"duty_calendars.account_id", "second_factors.account_id"},
    WORKING: {"review_items.author_id", "review_items.claimed_by", "review_items.claimed_from"},
    SEALED_LOOK: {"looks.account_id", "rights_looks.account_id", "submitter_looks.account_id"},
}  # fmt: skip

SAID = "what was said stays, unless its author withdraws it; a row that leads to nobody keeps its hash right"
COUNTED = "counted without a name, and forgotten with the result"
JUDGED = "what was decided, asked and answered stays on record, of a row that leads to nobody"
HANDED_IN = "the city's to answer; it has a withdrawal of its own"
WITH_SESSION = "goes with the session"
AWAY_SOON = "its end has come: the next hour deletes it"
GIVEN_BACK = "who leaves has given the office back; what it was called in the record stays"
STAYS = {
    **{reason: columns for reason, columns in NOT_TAKEN_ALONG.items() if reason != SECRET},
    SAID: {"posts.author_id", "topics.author_id", "polls.opened_by", "topic_tags.chosen_by", "files.account_id"},
    COUNTED: {"reactions.account_id", "stances.account_id"},
    JUDGED: {
        *("appeals.appellant_id", "objection_times.account_id", "objections.account_id", "reports.reporter_id"),
        *("rights_steps.account_id", "sanctions.account_id"),
    },
    HANDED_IN: {"submissions.account_id"},
    WITH_SESSION: {"push_devices.session"},
    AWAY_SOON: {"takeouts.account_id"},
    GIVEN_BACK: {"board_roles.account_id", "duties.account_id", "moderator_labels.account_id"},
}  # fmt: skip


async def references(db: Database) -> set[str]:
    """Every column that refers to an account, or to what an account is logged in with, as the schema says."""
    rows = await db.rows(
        """
        select cast(cast(k.conrelid as regclass) as text) || '.' || a.attname as name
        from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
        where k.contype = 'f' and k.confrelid = any(array[cast('accounts' as regclass), cast('sessions' as regclass)])
        """
    )
    return {row["name"] for row in rows}
