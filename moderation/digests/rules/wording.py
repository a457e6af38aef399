"""Why opinions are set aside, when they are stale, and what the acts of the bench are called."""

from forum.i18n import N_, _
from moderation.digests.ledger import Disposition

# What an opinion contains may be the reason; its words are then not published for that very content.
WITHHELD = (
    N_("個人が特定されるおそれのある内容を含むため"),
    N_("ほかの人の権利や名誉を傷つけるおそれのある内容を含むため"),
)
# Why an opinion is not treated in the digest. Everybody reads it, so it speaks of the opinion, not of the person.
REASONS = (
    N_("まとめの対象ではない事柄についての発言のため"),
    N_("意見ではなく、お知らせ・あいさつ・会話のため"),
    *WITHHELD,
    N_("すでに決着した事柄についての発言のため"),
)
# Given by the system when a text can no longer be read.
WITHDRAWN = N_("本人が取り下げたため")
HIDDEN = N_("公開されなくなったため")
# Given by the system, before the words of the clerk, to a submission that is not considered for arriving too late.
LATE = N_("締め切りのあとに届いたため")
UNREADABLE = {"withdrawn": WITHDRAWN, "hidden": HIDDEN, "held": HIDDEN}


def is_stale(state: str, is_current: bool, disposition: str, reason: str | None) -> bool:
    """Whether the source of an opinion changed since it was taken in, and nobody has dealt with it.

    `state` is that of the post, `is_current` whether the opinion was cut from its newest words.
    """
    if state != "visible":
        return disposition != Disposition.SET_ASIDE
    return not is_current or reason in UNREADABLE.values()


def holds_on(reason: str | None) -> bool:
    """Whether people set an opinion aside for what it says, which it says still: not the system, for what became of its post."""
    return bool(reason) and reason not in UNREADABLE.values() and not str(reason).startswith(LATE)


def withholds(reason: str | None) -> bool:
    """Whether the words of an opinion set aside for this reason are kept from the public; the hash stays."""
    return bool(reason) and str(reason).startswith(WITHHELD)


def worded_reason(reason: str, note: str) -> str:
    """The reason from the list and the words added to it."""
    return "：".join(part for part in (reason, note) if part)


# The acts of the work bench, as its history names them.
ACTS = {
    "confirm": N_("論点を確定"),
    "merge": N_("論点をまとめる"),
    "describe": N_("論点の題と要約を書く"),
    "head": N_("まとめの題と要約を書く"),
    "move": N_("意見を移す"),
    "split": N_("新しい論点に分ける"),
    "quote": N_("代表にする"),
    "unquote": N_("代表から外す"),
    "set_aside": N_("対象外にする"),
    "bring_back": N_("未整理に戻す"),
    "retake": N_("取り込み直す"),
    "take_in": N_("ほかのまとめを取り込む"),
    "publish": N_("公開する"),
    "recut": N_("意見を切り直す"),
    "undo": N_("元に戻す"),
    "let_go": N_("提出した人の取り下げ"),
}
# What brings in or takes out the words of others, or makes them public, is not undone but done anew.
FOR_GOOD = ("retake", "take_in", "publish", "let_go")


def can_undo(act: str) -> bool:
    return act not in FOR_GOOD


def act_name(act: str) -> str:
    return _(ACTS[act])
