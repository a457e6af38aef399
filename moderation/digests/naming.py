"""A name for each group in the people's own words: a phrase that sets it apart, else how one begins; and the sentence
of its most central opinion that says so."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from forum.width import fold

# Nouns run together: 「再生可能エネルギー」「放課後の居場所」.
NOUNS = r"[一-龥々〆ヶァ-ヴーA-Za-z0-9]"
PHRASE = re.compile(rf"{NOUNS}+(?:[の・]{NOUNS}{{2,}})*")
LONGEST_PHRASE = 20
# Says what people do with an opinion, or what every opinion is about.
IDLE = re.compile(
    r"[\d\W]+|[A-Za-z]?\d+|(?:御|追加)?意見\d*|該当(?:箇所|場所|部分)|理由|修正(?:案|前|後)?|原文|記載|記述|追加|追記|明記|削除|修文|必要性?"
    r"|検討|以下|下記|上記|今後|推進|取組|取り組み|対策|対応|問題|課題|場合|重要|可能|適当|適切|実施|要望|提案|賛成|反対|評価|賛同|懸念"
    r"|修正文案|意見内容|意見概要|二重括弧|括弧|字句|脚注|注釈|計画|計画案|本計画|案|基本的|行目|頁|ページ|箇所|文章|文言|表現|部分|思料|観点|内容|具体的|一方|例|私|私たち|市民|国民|人|方|事|物"
    r"|日本|我が国|現在|現状|自分|皆さん|小金井市?|市|本当|今回|今年|来年|最近|一番|少し"
)
OPENING = re.compile(
    r"(?:\W|_|また、|p{1,2}\.?\s*\d[\d\s~\-,.pl行目頁ページ]*|\d+\s*(?:頁|ページ|行目?)|\d+\s|第\d+[部章節項]|\d{1,2}[.)](?!\d)"
    r"|該当(?:箇所|場所|部分)|箇所|意見\d*\b)*",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[。！？!?]")
# 「5章。」 alone names nothing.
SHORTEST_OPENING = 8
LONGEST_OPENING = 30
SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
LONGEST_SENTENCE = 60
# What hangs on a phrase by chance: 「（2050）年カーボンニュートラル」「制度的メカニズム及（び）」.
EDGES = re.compile(r"^(?:年(?=[のァ-ヴ])の?|等の|現在(?=[ァ-ヴ]))+|(?<![普言波追])及$")


def names(texts: Sequence[str], groups: Sequence[Sequence[int]]) -> list[str]:
    """One name per group, no two alike as far as the words allow.

    A phrase, hardly ever a sentence: the name stays on the page when the author takes the words back.
    """
    phrases = [set(phrases_in(text)) for text in texts]
    spread = Counter(phrase for found in phrases for phrase in found)
    taken: set[str] = set()
    result = []
    for members in groups:
        told = [*telling(members, phrases, spread), *telling(members[:1], phrases, spread)]
        name = next((name for name in told if name not in taken), None) or opening(texts[members[0]])
        taken.add(name)
        result.append(name)
    return result


def theme_names(
    texts: Sequence[str], groups: Sequence[Sequence[int]], themes: Sequence[int], titles: Sequence[str]
) -> list[str]:
    """For each group the name of its theme; none where it is the only group of it."""
    members: dict[int, list[int]] = {}
    for group, theme in zip(groups, themes, strict=True):
        members.setdefault(theme, []).extend(group)
    within = Counter(themes)
    shared = [theme for theme in members if within[theme] > 1]
    phrases = [set(phrases_in(text)) for text in texts]
    spread = Counter(phrase for found in phrases for phrase in found)
    found: dict[int, str] = {}
    for theme in shared:
        told = [
            name for name in telling(members[theme], phrases, spread, 1 / 4) if name not in found.values()
        ]
        found[theme] = "・".join(apart(told)[:2]) or titles[theme][:LONGEST_PHRASE]
    return [found.get(theme, "") for theme in themes]


def apart(phrases: Sequence[str]) -> list[str]:
    """Without those that contain an earlier one or are contained in it."""
    kept: list[str] = []
    for phrase in phrases:
        if not any(phrase in other or other in phrase for other in kept):
            kept.append(phrase)
    return kept


def central_sentence(text: str, name: str) -> str:
    """The sentence of a long opinion that says most of its group's name, word for word; none where no sentence does."""
    said = [found[0].strip() for found in SENTENCE.finditer(text)]
    fitting = [sentence for sentence in said if SHORTEST_OPENING <= len(sentence) <= LONGEST_SENTENCE]
    wanted = set(phrases_in(name))
    weights = [sum(len(phrase) for phrase in wanted if phrase in fold(sentence)) for sentence in fitting]
    best = max(weights, default=0)
    return fitting[weights.index(best)] if best and len(text) > LONGEST_SENTENCE * 2 else ""


def phrases_in(text: str) -> Iterator[str]:
    """「放課後の居場所」 and each of its nouns, as far as they say something."""
    for found in PHRASE.finditer(fold(text)):
        phrase = EDGES.sub("", found[0])
        nouns = [EDGES.sub("", noun) for noun in re.split("[の・]", phrase)]
        if not all(IDLE.fullmatch(noun) for noun in nouns if noun):
            yield from (name for name in {phrase, *nouns} if is_name(name))


def is_name(phrase: str) -> bool:
    return 2 <= len(phrase) <= LONGEST_PHRASE and not IDLE.fullmatch(phrase)


def telling(
    members: Sequence[int], phrases: Sequence[set[str]], spread: Counter[str], share: float = 1 / 2
) -> list[str]:
    """Phrases that so many of the group use, those first that are used little elsewhere."""
    within = Counter(phrase for at in members for phrase in phrases[at])
    shared = [
        phrase for phrase, n in within.items() if n >= min(2, len(members)) and n >= len(members) * share
    ]

    def weight(phrase: str) -> float:
        return within[phrase] / len(members) * log(len(phrases) / spread[phrase] + 1) * log(1 + len(phrase))

    return sorted(shared, key=lambda phrase: (-weight(phrase), phrase))


def opening(text: str) -> str:
    """How the text begins, without bullets and places in the plan."""
    skipped = OPENING.match(fold(text))
    begin = skipped.end() if skipped and skipped.end() < len(text) else 0
    if text[begin - 1 : begin] in ("「", "『"):
        begin -= 1
    line = text[begin:].split("\n")[0]
    ends = [end.end() for end in SENTENCE_END.finditer(line) if end.end() >= SHORTEST_OPENING]
    sentence = line[: ends[0]] if ends else line
    return sentence if len(sentence) <= LONGEST_OPENING else sentence[: LONGEST_OPENING - 1] + "…"
