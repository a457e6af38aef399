"""What the city and the moderators keep about somebody, as it goes along with them: what they handed in, and what was decided
about them and told to them, under the role of whoever decided. No name behind an office, no moderators' note, no seal opened."""

from forum.i18n import N_
from forum.people.portions import Portion
from moderation.maps import covering
from moderation.maps.rules import STANCE_NAMES
from moderation.reviews.acts import ACT_NAMES
from moderation.rights.rules.requests import STEP_NAMES
from moderation.submissions.rules import CHANNEL_NAMES

DECIDERS = {
    "moderator": N_("審査の担当者"),
    "facilitator": N_("世話人"),
    "staff": N_("市の職員"),
    "administrator": N_("管理者"),
}
STANDINGS = {"author": N_("書いた人"), "reporter": N_("通報した人")}

HANDED_IN = (
    Portion(
        "submissions",
        N_("意見募集に提出した意見"),
        ("submissions.account_id",),
        {
            "consultation": N_("案件"),
            "receipt": N_("受付番号"),
            "address": N_("アドレス"),
            "channel": N_("受付方法"),
            "received_at": N_("受付日時"),
            "words": N_("本文"),
            "sha256": N_("記録の指紋（SHA-256）"),
            "withdrawn_at": N_("取り下げた日時"),
        },
        # The name and address lie sealed, for the section alone, which is noted down when it looks.
        """
        select c.title as consultation, s.receipt, '/consultations/' || c.id || '/submissions/' || s.receipt as address,
            s.channel, s.received_at, coalesce(s.body, masked(r.post_id, r.raw)) as words, s.sha256, w.withdrawn_at
        from submissions s join consultations c on c.id = s.consultation_id left join revisions r on r.id = s.revision_id
            left join submission_withdrawals w on w.submission_id = s.id
        where s.account_id = :account_id order by s.id
        """,
        {"channel": CHANNEL_NAMES},
    ),
    Portion(
        "followed_consultations",
        N_("フォローしている意見募集"),
        ("consultation_followers.account_id",),
        {"consultation": N_("案件"), "address": N_("アドレス"), "followed_at": N_("日時")},
        """
        select c.title as consultation, '/consultations/' || c.id as address, f.followed_at
        from consultation_followers f join consultations c on c.id = f.consultation_id
        where f.account_id = :account_id order by c.id
        """,
    ),
    Portion(
        "map_answers",
        N_("意見の地図での答え"),
        ("stances.account_id",),
        {
            "digest": N_("まとめの番号"),
            "statement": N_("質問"),
            "answer": N_("答え"),
            "answered_at": N_("日時"),
        },
        """
        select m.digest_id as digest, p.statement, s.stance as answer, s.answered_at
        from stances s join map_points p on p.id = s.point_id join maps m on m.id = p.map_id
        where s.account_id = :account_id order by m.id, p.position
        """,
        {"answer": STANCE_NAMES},
        covering.answers,
    ),
    Portion(
        "hearings",
        N_("まとめを公表する前の確認"),
        ("objection_times.account_id",),
        {
            "digest": N_("まとめ"),
            "told_at": N_("知らせた日時"),
            "closes_at": N_("いつまで"),
            "sha256": N_("記録の指紋（SHA-256）"),
        },
        """
        select d.title as digest, o.told_at, o.closes_at, o.sha256 from objection_times o
            join digests d on d.id = o.digest_id where o.account_id = :account_id order by o.id
        """,
    ),
    Portion(
        "objections",
        N_("まとめへの異議"),
        ("objections.account_id",),
        {
            "digest": N_("まとめ"),
            "words": N_("本文"),
            "filed_at": N_("出した日時"),
            "sha256": N_("記録の指紋（SHA-256）"),
            "answer": N_("答え"),
            "answered_at": N_("答えがあった日時"),
        },
        """
        select d.title as digest, o.words, o.filed_at, o.sha256, o.answer, o.answered_at from objections o
            join digests d on d.id = o.digest_id where o.account_id = :account_id order by o.id
        """,
    ),
)

JUDGED = (
    Portion(
        "decisions",
        N_("自分の投稿と話題についての判断"),
        (),
        {
            "address": N_("アドレス"),
            "act": N_("判断"),
            "rule": N_("きまり"),
            "reason": N_("理由"),
            "decided_by": N_("判断した人"),
            "decided_at": N_("判断した日時"),
            "log_number": N_("公開記録の番号"),
            "sha256": N_("記録の指紋（SHA-256）"),
        },
        """
        select '/posts/' || p.id as address, d.act, d.rule_number as rule, d.reason, d.role as decided_by, d.decided_at,
            d.number as log_number, d.sha256
        from decisions d join posts p on p.id = d.post_id join boards b on b.id = d.board_id
            join accounts a on a.id = p.author_id
        where a.id = :account_id and d.number is not null and (b.kind <> 'staff' or a.role in ('staff', 'administrator'))
        order by d.number
        """,
        {"act": ACT_NAMES, "decided_by": DECIDERS},
    ),
    Portion(
        "sanctions",
        N_("警告・停止"),
        ("sanctions.account_id",),
        {
            "act": N_("判断"),
            "sanctioned_at": N_("判断した日時"),
            "until": N_("いつまで"),
            "log_number": N_("公開記録の番号"),
            "sha256": N_("記録の指紋（SHA-256）"),
        },
        """
        select s.act, s.sanctioned_at, s.until, d.number as log_number, s.sha256
        from sanctions s left join decisions d on d.id = s.decision_id
        where s.account_id = :account_id order by s.id
        """,
        {"act": ACT_NAMES},
    ),
    Portion(
        "reports",
        N_("自分がした通報"),
        ("reports.reporter_id",),
        {
            "address": N_("アドレス"),
            "poll": N_("投票"),
            "rule": N_("きまり"),
            "note": N_("通報の文"),
            "created_at": N_("通報した日時"),
            "settled_at": N_("判断した日時"),
        },
        """
        select '/posts/' || r.post_id as address, '/polls/' || r.poll_id as poll, r.rule_number as rule, r.note,
            r.created_at, d.decided_at as settled_at
        from reports r left join decisions d on d.id = r.settled_by where r.reporter_id = :account_id order by r.id
        """,
    ),
    Portion(
        "appeals",
        N_("自分の異議申立て"),
        ("appeals.appellant_id",),
        {
            "address": N_("アドレス"),
            "standing": N_("立場"),
            "words": N_("本文"),
            "filed_at": N_("出した日時"),
            "due_at": N_("答えの期限"),
            "sha256": N_("記録の指紋（SHA-256）"),
            "answer": N_("答え"),
            "reason": N_("理由"),
            "answered_at": N_("答えがあった日時"),
        },
        """
        select '/posts/' || d.post_id as address, a.standing, a.body as words, a.filed_at, a.due_at, a.sha256,
            o.act as answer, o.reason, o.decided_at as answered_at
        from appeals a join decisions d on d.id = a.decision_id left join decisions o on o.appeal_of = a.decision_id
        where a.appellant_id = :account_id order by a.id
        """,
        {"standing": STANDINGS, "answer": ACT_NAMES},
    ),
    Portion(
        "rights_answers",
        N_("権利侵害の申出への答え"),
        ("rights_steps.account_id",),
        {
            "address": N_("アドレス"),
            "answer": N_("答え"),
            "words": N_("本文"),
            "answered_at": N_("日時"),
            "sha256": N_("記録の指紋（SHA-256）"),
        },
        """
        select '/posts/' || r.post_id as address, s.kind as answer, s.body as words, s.taken_at as answered_at, s.sha256
        from rights_steps s join rights_requests r on r.id = s.request_id
        where s.account_id = :account_id and s.kind in ('consented', 'objected') order by s.id
        """,
        {"answer": STEP_NAMES},
    ),
)

# What somebody with an office sets up for themselves.
AT_WORK = (
    Portion(
        "queue_views",
        N_("審査の一覧の見方"),
        ("queue_views.account_id",),
        {"name": N_("名前"), "filters": N_("条件")},
        "select name, filters from queue_views where account_id = :account_id order by id",
    ),
    Portion(
        "review_comforts",
        N_("審査での見え方と休み"),
        ("review_comforts.account_id",),
        {
            "folded": N_("つらい内容をたたむ"),
            "minutes": N_("休むまでの分"),
            "posts": N_("休むまでの件数"),
            "rested_at": N_("休んだ日時"),
        },
        "select folded, minutes, posts, rested_at from review_comforts where account_id = :account_id",
    ),
    Portion(
        "labels",
        N_("公開記録での呼び名"),
        ("moderator_labels.account_id",),
        {"label": N_("呼び名")},
        "select label from moderator_labels where account_id = :account_id",
    ),
    Portion(
        "duties",
        N_("審査の当番"),
        ("duties.account_id",),
        {"day": N_("日"), "board": N_("会議室")},
        """
        select d.day, b.name as board from duties d left join boards b on b.id = d.board_id
        where d.account_id = :account_id order by d.day, d.id
        """,
    ),
)
