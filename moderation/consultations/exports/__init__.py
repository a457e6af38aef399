"""The published result as files. A city's document has one language: these are Japanese for every reader."""

from datetime import UTC, datetime

from forum.clock import last_moment
from forum.i18n import DEFAULT_LOCALE, in_locale
from moderation.consultations.results import WAYS, Group, Opinion, Result, Source, Tally
from moderation.digests.counting import COPY_NAMES, LABELS, Counts

COUNT_HEADS = ("受付方法", *LABELS)
DISPOSITIONS = {"used": "掲載", "merged": "集約", "set_aside": "対象外"}
# Printed wherever a count is printed: 行政手続法 asks for the content of opinions, not their number.
DISCLAIMER = "件数は賛否の票数ではありません。同じ意見がいくつあっても、内容によって検討します。"


def heading(result: Result) -> str:
    """The title such documents carry in Japanese cities."""
    return f"「{result.title}」に対する意見及び検討結果"


def words(opinion: Opinion) -> str:
    return opinion.text if opinion.text is not None else "（掲載していません）"


def quotes(group: Group) -> str:
    """The opinions that speak for a group, word for word; marked when there are several."""
    shown = [words(quote) for quote in group.quotes]
    return shown[0] if len(shown) == 1 else "\n\n".join(f"○ {each}" for each in shown)


def gist(group: Group) -> str:
    """意見の概要: as staff summed it up; where nobody did, the words of the opinions that speak for the group."""
    return "\n\n".join(filter(None, (group.summary or quotes(group), further(group))))


def others(opinion: Opinion) -> str:
    """The groups that answer an opinion besides the one in which it is counted."""
    return "、".join(f"No.{number}" for number in opinion.further)


def further(group: Group) -> str:
    """What is counted elsewhere and answered here as well."""
    numbers = "、".join(f"意見{opinion.number}" for opinion in group.further)
    return f"（ほかの論点に数えた次の意見にも答えています：{numbers}）" if numbers else ""


def source_name(source: Source) -> str:
    """What the source is called: its receipt, or the post with its version."""
    if source.receipt:
        return f"受付番号 {source.receipt}"
    return f"投稿 {source.post_id} 第{source.revision}版"


def subject(source: Source) -> str:
    """「第2版・第1章 みどり・段落3」: of what a submission speaks."""
    about = source.about
    if about is None:
        return ""
    passage = f"段落{about.passage}" if about.passage else ""
    return "・".join(filter(None, (f"第{about.version}版", about.heading, passage)))


def way(tally: Tally) -> str:
    return WAYS.get(tally.channel, "合計")


def japanese_day(time: datetime) -> str:
    """「2025年11月4日」; a result carries its times in the zone of the city."""
    return f"{time.year}年{time.month}月{time.day}日"


def last_day(end: datetime) -> str:
    """What ends at midnight ends on the day before."""
    return japanese_day(last_moment(end))


def period(result: Result) -> str:
    return f"{japanese_day(result.opens_at)}から{last_day(result.closes_at)}まで"


def tallied(tally: Tally) -> tuple[str | int, ...]:
    """A way in with its counts, in the order of COUNT_HEADS."""
    return (way(tally), *cells(tally.counts))


def cells(counts: Counts) -> tuple[str | int, ...]:
    with in_locale(DEFAULT_LOCALE):
        return counts.cells


def counted(counts: Counts) -> list[str]:
    """All counts in words."""
    with in_locale(DEFAULT_LOCALE):
        return counts.lines


def copied(opinion: Opinion) -> str:
    """「同じ文（意見3）」: whose words an opinion has again."""
    return f"{COPY_NAMES[opinion.copy]}（意見{opinion.copy_of}）" if opinion.copy else ""


def dated(result: Result) -> datetime:
    """The time that a file names as its own: not when it was asked for, so that it is the same for all."""
    return (result.published_at or result.closes_at).astimezone(UTC).replace(tzinfo=None)


def period_changes(result: Result) -> list[str]:
    """How the period became what it was, with the reasons."""
    return [
        f"{japanese_day(one.made_at)}に、締め切りを{last_day(one.closed_at)}から{last_day(one.closes_at)}に変更しました。"
        f"理由: {one.reason}"
        for one in result.period_changes
    ]


def remarks(result: Result) -> list[str]:
    """What stands below the counts: what came late is counted apart, and counts are no votes."""
    came, taken = result.late.texts, result.late.considered
    late = f"このうち{came}件は締め切りのあとに届きました（検討に含めたもの{taken}件）。"
    withdrawn = f"ほかに、提出した人が取り下げたものが{result.withdrawn}件あります。"
    twice = (
        f"{result.answered_twice}件の意見には、2つ以上の市の考え方が付いています。"
        "意見は、それぞれ1つの論点だけで数えています。"
    )
    return (
        [late] * bool(came)
        + [withdrawn] * bool(result.withdrawn)
        + [twice] * bool(result.answered_twice)
        + [DISCLAIMER]
    )
