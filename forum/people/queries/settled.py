"""Who somebody is in the room and what they have chosen, as it goes along with them: never a password, a token or a key."""

from forum.following.rules import NAMES as LEVELS
from forum.i18n import N_
from forum.notifications.rules import LABELS, MAILS, SUBJECT_OF
from forum.people.portions import Portion
from forum.people.rules import GOES_NAMES

ROLES = {
    "resident": N_("参加者"),
    "moderator": N_("審査担当"),
    "facilitator": N_("世話人"),
    "staff": N_("市の職員"),
    "administrator": N_("管理者"),
}

SETTLED = (
    Portion(
        "account",
        N_("登録内容"),
        (),
        {
            "pen_name": N_("ペンネーム"),
            "email": N_("メールアドレス"),
            "pseudonym": N_("記録の中での名前"),
            "role": N_("役割"),
            "section": N_("課"),
            "language": N_("言語"),
            "time_zone": N_("時刻の地域"),
            "named_while_reading": N_("閲覧中に名前を出す"),
            "created_at": N_("登録した日時"),
            "confirmed_at": N_("メールアドレスを確認した日時"),
            "approved_posts": N_("担当者の確認か市民の確認を経て公開した投稿の数"),
            "silenced_until": N_("投稿の一時停止の終わり"),
            "suspended_at": N_("利用停止の日時"),
            "leaving": N_("退会・取り下げの手続き"),
            "leaves_at": N_("手続きを行う日時"),
        },
        """
        select a.pen_name, a.email, a.pseudonym, a.role, s.name as section, a.locale as language, a.time_zone,
            a.named_while_reading, a.created_at, a.confirmed_at, a.approved_posts, a.silenced_until,
            a.suspended_at, a.leaving, a.leaves_at
        from accounts a left join sections s on s.id = a.section_id where a.id = :account_id
        """,
        {"role": ROLES, "leaving": GOES_NAMES},
    ),
    Portion(
        "offices",
        N_("会議室での役割"),
        ("board_roles.account_id",),
        {"board": N_("会議室"), "role": N_("役割")},
        """
        select b.name as board, o.role from board_roles o join boards b on b.id = o.board_id
        where o.account_id = :account_id order by b.id, o.role
        """,
        {"role": ROLES},
    ),
    Portion(
        "residence",
        N_("市民の確認"),
        ("residences.account_id", "residence_numbers.account_id"),
        {
            "verified_at": N_("確認した日時"),
            "ended_at": N_("取り消した日時"),
            "reason": N_("取り消した理由"),
            "number": N_("窓口で見せる番号"),
        },
        """
        select verified_at, ended_at, reason, null as number from residences where account_id = :account_id
        union all
        select null, null, null, number from residence_numbers where account_id = :account_id
        order by verified_at
        """,
    ),
    Portion(
        "former_names",
        N_("前のペンネーム"),
        ("former_names.account_id",),
        {"pen_name": N_("ペンネーム"), "until": N_("いつまで")},
        "select pen_name, until from former_names where account_id = :account_id order by id",
    ),
    Portion(
        "address_changes",
        N_("前のメールアドレス"),
        ("address_changes.account_id",),
        {"email": N_("メールアドレス"), "changed_at": N_("いつまで"), "undone_at": N_("元に戻した日時")},
        "select email, changed_at, undone_at from address_changes where account_id = :account_id order by id",
    ),
    Portion(
        "sessions",
        N_("ログインしている端末"),
        ("sessions.account_id",),
        {"created_at": N_("ログインした日時"), "expires_at": N_("いつまで")},
        "select created_at, expires_at from sessions where account_id = :account_id order by created_at",
    ),
    Portion(
        "devices",
        N_("知らせる端末"),
        ("push_devices.session",),
        {"name": N_("端末"), "through": N_("運ぶところ"), "created_at": N_("登録した日時")},
        # The whole address and its keys are a right to send.
        """
        select d.name, split_part(d.endpoint, '/', 3) as through, d.created_at
        from push_devices d join sessions s on s.token_hash = d.session
        where s.account_id = :account_id order by d.id
        """,
    ),
    Portion(
        "notices",
        N_("届いたお知らせ"),
        ("notifications.account_id",),
        {
            "about": N_("何について"),
            "address": N_("アドレス"),
            "created_at": N_("届いた日時"),
            "read_at": N_("読んだ日時"),
        },
        # Without what others wrote.
        """
        select kind as about, url as address, created_at, read_at from notifications
        where account_id = :account_id order by id
        """,
        {"about": {kind: LABELS[subject] for kind, subject in SUBJECT_OF.items()}},
    ),
    Portion(
        "notice_choices",
        N_("お知らせの受け取り方"),
        ("notification_choices.account_id",),
        {
            "about": N_("何について"),
            "in_inbox": N_("受信箱に入れる"),
            "mail": N_("メール"),
            "devices": N_("端末にすぐ知らせる"),
        },
        """
        select subject as about, in_room as in_inbox, mail, push as devices from notification_choices
        where account_id = :account_id order by subject
        """,
        {"about": LABELS, "mail": MAILS},
    ),
    Portion(
        "followed_boards",
        N_("見守る会議室"),
        ("followed_boards.account_id",),
        {"board": N_("会議室"), "address": N_("アドレス"), "level": N_("お知らせ")},
        """
        select b.name as board, '/boards/' || b.slug as address, f.level from followed_boards f
            join boards b on b.id = f.board_id where f.account_id = :account_id order by b.id
        """,
        {"level": LEVELS},
    ),
    Portion(
        "followed_topics",
        N_("見守る話題"),
        ("followed_topics.account_id",),
        {"address": N_("アドレス"), "level": N_("お知らせ"), "chosen": N_("自分で選んだ")},
        """
        select '/topics/' || topic_id as address, level, chosen from followed_topics
        where account_id = :account_id order by topic_id
        """,
        {"level": LEVELS},
    ),
    Portion(
        "bookmarks",
        N_("しおり"),
        ("bookmarks.account_id",),
        {"address": N_("アドレス"), "note": N_("メモ"), "kept_at": N_("日時")},
        """
        select '/posts/' || post_id as address, note, kept_at from bookmarks
        where account_id = :account_id order by kept_at, post_id
        """,
    ),
    Portion(
        "read",
        N_("どこまで読んだか"),
        ("read_marks.account_id",),
        {"address": N_("アドレス"), "number": N_("番号")},
        """
        select '/topics/' || topic_id as address, number from read_marks
        where account_id = :account_id order by topic_id
        """,
    ),
    Portion(
        "takeouts",
        N_("記録をまとめた日時"),
        ("takeouts.account_id",),
        {"asked_at": N_("頼んだ日時"), "ready_at": N_("できた日時"), "expires_at": N_("いつまで")},
        "select asked_at, ready_at, expires_at from takeouts where account_id = :account_id order by id",
    ),
)
