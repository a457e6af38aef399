"""Sentences as residents might write them: with something personal in a known place, or with what only looks like it.

Everything is made from a fixed seed; no number or address in it is anybody's but by chance.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from forum.screening.hints import Kind
from tests.forum.screening.numbers import (
    HYPHENS,
    KANJI,
    card,
    digits,
    first_not_zero,
    in_fours,
    my_number,
    phone,
    somehow_wide,
)

SEED = 20260401
OWN_TOWNS = ["本町", "緑町", "中町", "東町", "桜町", "前原町", "梶野町", "関野町", "貫井北町", "貫井南町"]
ELSEWHERE = [
    "府中市若松町", "三鷹市下連雀", "国分寺市本多", "武蔵野市吉祥寺東町", "東京都調布市深大寺元町", "さいたま市浦和区高砂",
    "神奈川県川崎市麻生区万福寺", "大阪府大阪市北区梅田", "北海道札幌市中央区北一条西", "京都府宇治市五ケ庄", "八王子市みなみ野",
    "千代田区霞が関", "港区六本木", "名古屋市中区三の丸", "西多摩郡日の出町平井", "つくば市天王台", "福岡市博多区博多駅前",
]  # fmt: skip
BUILDINGS = ["コーポ緑", "メゾン野川", "グリーンハイツ", "都営住宅", " パークマンション", "第2さくら荘"]
LOCALS = [
    "taro",
    "hanako.yamada",
    "koganei_2026",
    "info",
    "m-suzuki",
    "nogawa+news",
    "a1b2c3",
    "kodomo.shokudo",
]
DOMAINS = [
    "example.com",
    "example.co.jp",
    "mail.example.ne.jp",
    "example.org",
    "docomo.example.jp",
    "ex-ample.info",
]


class Sample(NamedTuple):
    """A text; where something personal stands in it, what and which words."""

    text: str
    kind: Kind | None = None
    words: str = ""


def positives(each: int) -> list[Sample]:
    """So many of every kind."""
    makers: dict[Kind, Callable[[Random], tuple[str, list[str]]]] = {
        Kind.PHONE: _phone, Kind.EMAIL: _email, Kind.POSTAL: _postal,
        Kind.ADDRESS: _address, Kind.MY_NUMBER: _my_number, Kind.CARD: _card,
    }  # fmt: skip
    found = []
    for kind, make in makers.items():
        rnd = Random(f"{SEED}{kind}")
        for _ in range(each):
            words, frames = make(rnd)
            found.append(Sample(rnd.choice(frames).format(words), kind, words))
    return found


def negatives(each: int) -> list[Sample]:
    """So many of every pattern below."""
    rnd = Random(SEED)
    return [Sample(somehow_wide(rnd, make(rnd))) for make in NEGATIVES for _ in range(each)]


def _phone(rnd: Random) -> tuple[str, list[str]]:
    area, exchange, number = phone(rnd)
    joint = rnd.choice(HYPHENS)
    free = [
        "{}まで。",
        "相談は{}へどうぞ",
        "（{}）",
        "母の番号は{}です",
        "{}",
        "担当 {} 平日のみ",
        "・{}\n・夜は留守です",
    ]
    called = ["電話は{}です。", "TEL{}", "TEL：{}", "連絡先 {}", "携帯{}にかけて", "FAX {} も可"]
    mobile = len(area + exchange + number) == 11
    style = rnd.randrange(12)
    if style == 0:
        return area + exchange + number, called + (free if mobile else [])
    if style == 1:
        return f"{area}({exchange}){number}", free + called
    if style == 2:
        return f"({area}){exchange}-{number}", free + called
    if style == 3:
        return f"{area} {exchange} {number}", free + called
    if style == 4:
        return f"{area}.{exchange}.{number}", free + called
    if style == 5:
        return f"{area}の{exchange}の{number}", free + called
    if style == 6 and not area.startswith(("0120", "0570")):
        return f"+81{rnd.choice(['-', ' ', ''])}{area[1:]}-{exchange}-{number}", free + called
    if style == 7 and len(area) < 5 and not mobile and not area.startswith(("0120", "0570")):
        return f"{exchange}-{number}", ["電話 {} まで", "電話は{}です", "℡{}"]
    return somehow_wide(rnd, f"{area}{joint}{exchange}{joint}{number}"), free + called


def _email(rnd: Random) -> tuple[str, list[str]]:
    local, domain = rnd.choice(LOCALS), rnd.choice(DOMAINS)
    at = rnd.choice(
        ["@"] * 6
        + [
            "＠",
            "＠",
            "[at]",
            "(at)",
            "（アット）",
            "アットマーク",
            "☆",
            " @ ",
            " at ",
            "【at】",
            "(a)",
            "あっと",
        ]
    )
    written = f"{local}{at}{domain}"
    if at == "@":
        written = somehow_wide(rnd, written)
    if at == "アットマーク":
        written = written.replace(".", "ドット")
    return written, [
        "メールは {} まで",
        "連絡先：{}",
        "（{}）",
        "名簿は {} に送ってください。",
        "宛先は、{}です。",
    ]


def _postal(rnd: Random) -> tuple[str, list[str]]:
    code = f"{first_not_zero(rnd, 3)}-{digits(rnd, 4)}"
    mark = rnd.choice(["〒", "〒 ", ""])
    if mark:
        bare = rnd.random() < 0.25
        return somehow_wide(rnd, mark + (code.replace("-", "") if bare else code)), [
            "{}",
            "送り先は{}です。",
            "{}の家",
        ]
    return somehow_wide(rnd, code), [
        "郵便番号は{}です",
        "郵便番号：{}",
        "{} 東京都三鷹市",
        "{}小金井市の",
        "住所 {}",
    ]


def _address(rnd: Random) -> tuple[str, list[str]]:
    own = rnd.random() < 0.5
    place = (
        rnd.choice(["", "小金井市", "東京都小金井市"]) + rnd.choice(OWN_TOWNS)
        if own
        else rnd.choice(ELSEWHERE)
    )
    chome, block, house = rnd.randint(1, 9), rnd.randint(1, 40), rnd.randint(1, 60)
    joint = rnd.choice(HYPHENS)
    numbers = rnd.choice([
        f"{chome}{joint}{block}{joint}{house}", f"{chome}{joint}{block}{joint}{house}",
        f"{chome}丁目{block}番{house}号", f"{KANJI[chome]}丁目{block}番{house}号", f"{chome}丁目{block}-{house}",
        f"{chome}丁目{block}番地", f"{chome}丁目{block}番地の{house}", f"{block * 11}番地",
    ])  # fmt: skip
    room = rnd.choice(
        ["", "", "", f"-{rnd.randint(101, 912)}", f"{rnd.choice(BUILDINGS)}{rnd.randint(101, 912)}号室"]
    )
    if room.startswith("-") and joint not in numbers:
        room = ""
    frames = [
        "{}に住んでいます。",
        "住所は{}です",
        "{}",
        "うちは{}なので",
        "場所：{}\n夜は暗い",
        "名前と{}を書いた紙",
    ]
    return somehow_wide(rnd, place + numbers + room), frames


def _my_number(rnd: Random) -> tuple[str, list[str]]:
    number = my_number(rnd)
    written = rnd.choice([number, number, in_fours(number, "-"), in_fours(number, " ")])
    return somehow_wide(rnd, written), [
        "マイナンバーは{}です。",
        "個人番号 {}",
        "番号は{}でした",
        "{}",
        "紙に{}とありました",
    ]


def _card(rnd: Random) -> tuple[str, list[str]]:
    number = card(rnd)
    written = rnd.choice([number, in_fours(number, "-"), in_fours(number, " ")])
    return somehow_wide(rnd, written), [
        "カードは{}です。",
        "{}",
        "クレジットカード {} で払った",
        "番号{}を書かされました",
    ]


def _year(rnd: Random) -> int:
    return rnd.randint(1950, 2060)


def _isbn(rnd: Random) -> str:
    return f"978-4-{digits(rnd, 2)}-{digits(rnd, 6)}-{digits(rnd, 1)}"


NEGATIVES: list[Callable[[Random], str]] = [
    lambda r: f"{_year(r)}{r.choice(HYPHENS)}{_year(r)}年の推移",
    lambda r: f"{_year(r)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}に公表",
    lambda r: f"{_year(r)}/{r.randint(1, 12)}/{r.randint(1, 28)} 開催",
    lambda r: f"令和{r.randint(1, 9)}年{r.randint(1, 12)}月{r.randint(1, 28)}日の会議",
    lambda r: f"{r.randint(8, 12):02}:{r.randint(0, 59):02}-{r.randint(13, 21)}:{r.randint(0, 59):02}に開館",
    lambda r: f"{r.randint(1, 999):,}万{digits(r, 4)}円の予算",
    lambda r: f"総額{r.randint(10**6, 10**12):,}円",
    lambda r: f"約{r.randint(10**9, 10**11)}円を計上",
    lambda r: f"第{r.randint(1, 9)}章{r.randint(1, 9)}-{r.randint(1, 9)}-{r.randint(1, 9)}を参照",
    lambda r: f"図{r.randint(1, 9)}-{r.randint(1, 9)}-{r.randint(1, 9)}と表{r.randint(1, 9)}-{r.randint(1, 99)}",
    lambda r: f"P{r.randint(1, 99)}-{r.randint(100, 199)} {r.randint(1, 40)}行目",
    lambda r: f"平成{r.randint(1, 31)}年条例第{r.randint(1, 99)}号第{r.randint(1, 50)}条第{r.randint(1, 9)}項",
    lambda r: f"小金井市条例第{r.randint(1, 60)}-{r.randint(1, 9)}号",
    lambda r: f"議案第{r.randint(1, 120)}号と陳情第{r.randint(1, 60)}-{r.randint(1, 9)}号",
    lambda r: f"第{r.randint(1, 9):02}-{_year(r)}-{digits(r, 4)}号の通知",
    lambda r: f"国道{r.randint(1, 500)}号と都道{r.randint(1, 300)}号線の交差点",
    lambda r: f"都市計画道路3・4・{r.randint(1, 20)}号線",
    lambda r: f"{r.randint(0, 99)}.{digits(r, 3)}％から{r.randint(0, 99)}.{digits(r, 1)}％へ",
    lambda r: f"人口{r.randint(10**4, 10**6):,}人、{r.randint(100, 999)}-{r.randint(1000, 2000)}人の増",
    lambda r: f"ロット番号{digits(r, 12)}",
    lambda r: f"受付番号{my_number(r)}で確認",
    lambda r: f"受付番号：0{r.choice('789')}0{digits(r, 8)}",
    lambda r: f"法人番号{digits(r, 13)}の会社",
    lambda r: f"注文番号{card(r)}",
    lambda r: f"レシートに{digits(r, 12)}とある",
    lambda r: f"伝票は{digits(r, 16)}でした",
    lambda r: f"ISBN{_isbn(r)}",
    lambda r: f"『市政入門』{_isbn(r)}、{r.randint(1000, 5000)}円",
    lambda r: f"ISSN {digits(r, 4)}-{digits(r, 4)}",
    lambda r: f"JAN{r.choice(['45', '49'])}{digits(r, 11)}",
    lambda r: f"https://example.com/{digits(r, 11)}/{digits(r, 3)}-{digits(r, 4)}.pdf",
    lambda r: f"doi:10.{digits(r, 4)}/{digits(r, 3)}-{digits(r, 4)}-{digits(r, 4)}",
    lambda r: f"{r.choice(OWN_TOWNS)}{r.randint(0, 9)}-{r.randint(0, 9)}{r.choice(OWN_TOWNS)}で試合終了",
    lambda r: f"3対2、{r.randint(0, 9)}-{r.randint(0, 9)}-{r.randint(0, 9)}の引き分け",
    lambda r: f"{r.choice(OWN_TOWNS)}{r.randint(1, 5)}丁目の公園と{r.choice(OWN_TOWNS)}{r.randint(1, 5)}丁目の道",
    lambda r: f"{r.choice(OWN_TOWNS)}の{r.randint(1, 40)}番バス、{r.randint(1, 9)}番ホーム",
    lambda r: f"192.168.{r.randint(0, 255)}.{r.randint(0, 255)}と版{r.randint(0, 9)}.{r.randint(0, 99)}.{r.randint(0, 99)}",
    lambda r: f"35.{digits(r, 6)},139.{digits(r, 6)}の地点",
    lambda r: f"{r.randint(2000, 2030)}{r.randint(1, 12):02}{r.randint(1, 28):02}{r.randint(0, 23):02}30の記録",
    lambda r: f"多摩{r.randint(300, 599)} あ {digits(r, 2)}-{digits(r, 2)}",
    lambda r: f"@{r.choice(LOCALS).replace('.', '_')} さんと@koganei_{r.randint(1, 99)}さん",
    lambda r: f"{r.randint(5, 9)}-{r.randint(10, 30)}分、{r.randint(100, 200)}-300m、{digits(r, 3)}-{digits(r, 4)}回",
    lambda r: f"単価 @{r.randint(10, 900)}円 x {r.randint(2, 40)}",
    lambda r: f"品番SH-{digits(r, 3)}-{digits(r, 4)}、型番0{digits(r, 2)}-{digits(r, 3)}-{digits(r, 4)}",
    lambda r: f"用途地域{r.randint(1, 9)}-{r.randint(1, 9)}-{r.randint(1, 9)}の区画、学区{r.randint(1, 9)}-2-3",
    lambda r: f"調査票の問{r.randint(1, 30)}-{r.randint(1, 9)}-{r.randint(1, 9)}で{r.randint(100, 999)}人が回答",
    lambda r: f"市政{r.randint(1, 9)}-{r.randint(1, 9)}-{r.randint(1, 9)}計画、市役所{r.randint(1, 8)}-{r.randint(1, 8)}階",
    lambda r: f"気温{r.randint(20, 30)}-{r.randint(31, 39)}度、PM2.5は{r.randint(10, 35)}-{r.randint(36, 70)}μg",
]  # fmt: skip


def texts() -> Iterator[str]:
    """Every generated text, for measuring."""
    yield from (sample.text for sample in [*positives(20), *negatives(4)])
