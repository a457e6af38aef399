"""What kind of thing a passage says: a suggestion for the clerk, always with the words that led to it.

The suggestion is never shown as fact and never decides anything. A passage may do several of these at once;
the order of `SIGNS` is the order in which an answer would have to deal with them.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from forum.i18n import N_
from forum.width import fold


class Kind(StrEnum):
    OPPOSE = "oppose"
    REQUEST = "request"
    PROPOSAL = "proposal"
    SUPPORT = "support"
    QUESTION = "question"
    FEELING = "feeling"
    INFORMATION = "information"


NAMES = {
    Kind.OPPOSE: N_("反対"),
    Kind.REQUEST: N_("要望"),
    Kind.PROPOSAL: N_("提案"),
    Kind.SUPPORT: N_("賛成"),
    Kind.QUESTION: N_("質問"),
    Kind.FEELING: N_("感想"),
    Kind.INFORMATION: N_("情報"),
}

# Kinds that call for an answer of their own. A feeling or a fact is more often the ground of an opinion.
DEMANDING = frozenset({Kind.OPPOSE, Kind.REQUEST, Kind.PROPOSAL, Kind.SUPPORT, Kind.QUESTION})

# Matched against width-folded text whose 「quotations」 are blanked: what one quotes one does not say.
SIGNS: dict[Kind, re.Pattern[str]] = {
    Kind.OPPOSE: re.compile(
        r"(?:断固|強く)?反対(?!側|に(?:は|、)|意見|運動|方向|者)"
        r"|(?:中止|撤回|廃止)(?:を求め|すべき|してほし|して欲し|してくだ|して下さ)"
        r"|やめ(?:る?べき|てほしい|て欲しい|てくだ|て下さ)|(?:認め|容認|納得|賛成|賛同)(?:られ|でき|し)(?:ない|ません|かね)"
    ),
    Kind.REQUEST: re.compile(
        r"[てで](?:ほし|欲し)[いく]|(?:くだ|下)さ(?:い|れば)|お願い(?:し(?:ます|たい)|いた|致|申|できな)"
        r"|(?:求め|望み)(?:ます|る|たい)|望まし(?:い|く)|要望(?:し|いた|です)|希望(?:し|いた|です)|期待(?:し|いた)"
        r"|べき(?:です|だ|である|では|と|[。)]|$)|必要(?:です|がある|があり|が有|だ|である|では|と(?:考|思|感))|不可欠"
        r"|(?:いただ|頂)き(?:たい|たく)|(?:いただ|頂)け(?:ない|ません|ると|れば)|もら(?:いたい|いたく|えない|えません)"
        r"|(?:追加|削除|修正|明記|記載|記述|検討|変更)(?:を[。お]|すること[。$]|されたい)|願いたい|願います|とする。\s*$"
    ),
    Kind.PROPOSAL: re.compile(
        r"提案|(?:[てで]は)?(?:どう|いかが|如何)(?:でしょう|だろう|か[。?])|(?:では|じゃ)ない(?:でしょう|だろう)か|のでは(?:ない|と)"
        r"|(?:方|ほう)が(?:よ|良|い)い|(?:たら|れば|ると|ても|でも)(?:よ|良|い)い(?:と|の|な|です|。|$)|修正案|可能ではないか"
    ),
    Kind.SUPPORT: re.compile(
        r"賛成|賛同|支持(?:し|いた)|評価(?:し|いた|でき)|同感|同意(?:し|見|です)|歓迎(?:し|いた)"
        r"|(?:いい|良い|よい|素晴らしい|すばらしい)(?:こと|取組み?|取り組み|案|計画|考え)?(?:です|だ?と思)"
    ),
    Kind.QUESTION: re.compile(
        r"(?:でしょう|です|ます|ません|ない|の|ある|いる)か(?:[。?!\s]|$)|[?](?:[\s。」)]|$)"
        r"|教えて|知りた[いく]|お?尋ねし|お?伺いし|疑問(?:です|だ|に|が)"
    ),
    Kind.FEELING: re.compile(
        r"嫌(?:です|だ|い|な|$)|不安(?!定)|心配|残念|困(?:って|る|り)|うれし|嬉し|悲し|怖い|恐い|懸念|危険(?:です|だ)|不便|がっかり"
        r"|楽しみ|と(?:感じ|思い|思う|思っ|考え)|助か(?:り|る|って)|気にな"
    ),
    Kind.INFORMATION: re.compile(
        r"によ(?:ると|れば)|そうです|との(?:こと|事)|https?://|(?:され|なっ|行われ)て(?:い?ます|いる)"
    ),
}
QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』")


class Suggestion(NamedTuple):
    kind: Kind
    evidence: str  # the words of the passage that led to it


def suggest(passage: str) -> Suggestion | None:
    """The most answerable kind that the passage shows a sign of; None when it shows none."""
    said = QUOTED.sub(lambda quoted: " " * len(quoted[0]), fold(passage))
    for kind, signs in SIGNS.items():
        if found := signs.search(said):
            return Suggestion(kind, passage[slice(*found.span())].strip())
    return None
