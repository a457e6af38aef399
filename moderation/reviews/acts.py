"""What can be decided: the acts, what each is about, and how they are called."""

from enum import StrEnum

from forum.i18n import N_


class Act(StrEnum):
    """What can be decided. None of these changes a word of the post; a mask covers some where they are published."""

    APPROVE = "approve"
    RETURN = "return"
    HIDE = "hide"
    RESTORE = "restore"
    DISMISS = "dismiss"
    MASK = "mask"
    UNMASK = "unmask"
    LOCK = "lock"
    UNLOCK = "unlock"
    SLOW = "slow"
    UNSLOW = "unslow"
    PIN = "pin"
    UNPIN = "unpin"
    MOVE = "move"
    HIDE_POLLS = "hide_polls"
    SHOW_POLLS = "show_polls"
    HIDE_POLL = "hide_poll"
    SHOW_POLL = "show_poll"
    TRANSFER = "transfer"
    WARN = "warn"
    SILENCE = "silence"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    # Of a decision that was appealed.
    UPHOLD = "uphold"
    # Of a post that somebody asked to hide because it infringes their rights.
    KEEP = "keep"
    # Of what somebody else had done at once, where two people are asked for.
    CONFIRM = "confirm"


class About(StrEnum):
    """What an act changes."""

    # Whether it is seen.
    POST = "post"
    # Which of them are masked.
    WORDS = "words"
    # Which stands in the log at its opening post.
    TOPIC = "topic"
    # Whether its author takes part. Each rests on a post.
    ACCOUNT = "account"
    # Nothing: an appeal or a claim was refused, or what was done stays.
    REQUEST = "request"


# The table `acts` says the same to the database, and which acts overtake each other: those about one of these, on a topic
# those about one thing, for a pinned topic stays closed.
ABOUT = {
    Act.APPROVE: About.POST,
    Act.RETURN: About.POST,
    Act.HIDE: About.POST,
    Act.RESTORE: About.POST,
    Act.DISMISS: About.POST,
    Act.MASK: About.WORDS,
    Act.UNMASK: About.WORDS,
    Act.LOCK: About.TOPIC,
    Act.UNLOCK: About.TOPIC,
    Act.SLOW: About.TOPIC,
    Act.UNSLOW: About.TOPIC,
    Act.PIN: About.TOPIC,
    Act.UNPIN: About.TOPIC,
    Act.MOVE: About.TOPIC,
    Act.HIDE_POLLS: About.TOPIC,
    Act.SHOW_POLLS: About.TOPIC,
    Act.HIDE_POLL: About.TOPIC,
    Act.SHOW_POLL: About.TOPIC,
    Act.TRANSFER: About.TOPIC,
    Act.WARN: About.ACCOUNT,
    Act.SILENCE: About.ACCOUNT,
    Act.SUSPEND: About.ACCOUNT,
    Act.REINSTATE: About.ACCOUNT,
    Act.UPHOLD: About.REQUEST,
    Act.KEEP: About.REQUEST,
    Act.CONFIRM: About.REQUEST,
}


ACT_NAMES = {
    Act.APPROVE: N_("公開"),
    Act.RETURN: N_("書き直しの依頼"),
    Act.HIDE: N_("非公開"),
    Act.RESTORE: N_("公開に復帰"),
    Act.DISMISS: N_("通報を却下"),
    Act.MASK: N_("個人の情報を伏せる"),
    Act.UNMASK: N_("伏せた文字を戻す"),
    Act.UPHOLD: N_("判断を維持"),
    Act.KEEP: N_("権利侵害の申出を認めない"),
    Act.CONFIRM: N_("2人目の確認"),
    Act.LOCK: N_("受付終了"),
    Act.UNLOCK: N_("受付再開"),
    Act.SLOW: N_("ゆっくりモード"),
    Act.UNSLOW: N_("ゆっくりモード終了"),
    Act.PIN: N_("固定"),
    Act.UNPIN: N_("固定の終了"),
    Act.MOVE: N_("会議室の移動"),
    Act.HIDE_POLLS: N_("投票の非公開"),
    Act.SHOW_POLLS: N_("投票の公開に復帰"),
    Act.HIDE_POLL: N_("一つの投票の非公開"),
    Act.SHOW_POLL: N_("一つの投票の公開に復帰"),
    Act.TRANSFER: N_("別の話題への移動"),
    Act.WARN: N_("警告"),
    Act.SILENCE: N_("投稿の一時停止"),
    Act.SUSPEND: N_("利用停止"),
    Act.REINSTATE: N_("処分の取消し"),
}
# What the person reads who has just decided.
ACT_DONE = {
    Act.APPROVE: N_("投稿を公開しました。"),
    Act.RETURN: N_("書いた人に、書き直しをお願いしました。"),
    Act.HIDE: N_("投稿を非公開にしました。"),
    Act.RESTORE: N_("投稿を公開に戻しました。"),
    Act.DISMISS: N_("通報を却下しました。"),
    Act.MASK: N_("選んだ文字を■で伏せました。"),
    Act.UNMASK: N_("伏せた文字を元に戻しました。"),
    Act.UPHOLD: N_("もとの判断を維持しました。"),
    Act.KEEP: N_("申出を認めず、投稿はそのままにしました。"),
    Act.CONFIRM: N_("2人目として確認しました。"),
    Act.LOCK: N_("話題の受付を終わりました。"),
    Act.UNLOCK: N_("話題の受付を再開しました。"),
    Act.SLOW: N_("話題をゆっくりにしました。"),
    Act.UNSLOW: N_("ゆっくりモードを終えました。"),
    Act.PIN: N_("話題を一覧の上に固定しました。"),
    Act.UNPIN: N_("話題の固定をやめました。"),
    Act.MOVE: N_("話題を別の会議室へ移しました。"),
    Act.HIDE_POLLS: N_("話題の投票を非公開にしました。"),
    Act.SHOW_POLLS: N_("話題の投票を公開に戻しました。"),
    Act.HIDE_POLL: N_("投票を非公開にしました。"),
    Act.SHOW_POLL: N_("投票を公開に戻しました。"),
    Act.TRANSFER: N_("投稿を別の話題へ移しました。"),
    Act.WARN: N_("警告を送りました。"),
    Act.SILENCE: N_("投稿を一時停止にしました。"),
    Act.SUSPEND: N_("利用を停止しました。"),
    Act.REINSTATE: N_("処分を取り消しました。"),
}
# Whoever is told to rewrite, loses a post or gets it back is owed the reason.
NEEDS_REASON = {
    *(Act.RETURN, Act.HIDE, Act.RESTORE, Act.MASK, Act.UNMASK, Act.UPHOLD, Act.KEEP),
    *(Act.WARN, Act.SILENCE, Act.SUSPEND, Act.REINSTATE),
}
# What takes something from somebody names the rule that was broken.
NEEDS_RULE = {Act.HIDE, Act.HIDE_POLLS, Act.HIDE_POLL, Act.MASK, Act.WARN, Act.SILENCE, Act.SUSPEND}
MAY_CITE_A_RULE = {Act.RETURN, Act.CONFIRM, *NEEDS_RULE}
