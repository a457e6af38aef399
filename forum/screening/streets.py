"""Postal codes and street addresses: numbers that follow the name of a place."""

import re
from collections.abc import Iterator

from forum.i18n import _
from forum.screening.hints import Hint, Kind
from forum.screening.lists import lines
from forum.screening.reading import Digits

TOWNS = lines("places.txt")
KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")

PREFECTURE = r"(?:東京都|北海道|(?:京都|大阪)府|[一-龠]{2,3}県)"
NUMBER = r"(?:[0-9]{1,4}|[一二三四五六七八九十百〇]{1,4})"
NUMBERS = re.compile(
    rf"(?<![0-9.,一二三四五六七八九十百〇-])(?:"
    rf"(?P<house>{NUMBER}丁目 ?{NUMBER}(?:番地?の?|-|の) ?{NUMBER}号?)"
    rf"|(?P<three>[0-9]{{1,2}}-[0-9]{{1,3}}-[0-9]{{1,4}})"
    rf"|(?P<block>{NUMBER}丁目 ?{NUMBER}番地?|{NUMBER}番 ?{NUMBER}号|{NUMBER}番地の?(?:{NUMBER})?)"
    rf"|(?P<two>[0-9]{{1,4}}-[0-9]{{1,4}}))"
    r"(?![0-9]|[.,][0-9]|-[0-9]{5}|号線)"
)
ROOM = re.compile(r"(?:-[0-9]{1,4}(?![0-9-])| ?[^\s、。,()「」]{0,20}? ?[0-9A-Z]{1,5}号室)")

LEFT = 24
HIRAGANA = (
    "(?:さいたま|つくば|つくばみらい|ひたちなか|かすみがうら|ふじみ野|あきる野|いわき|みどり|うるま|みよし)"
)
OWN_PLACE = re.compile(rf"(?:(?:{PREFECTURE} ?)?[一-龠]{{1,5}}市 ?)?(?:{'|'.join(TOWNS)}) ?\Z")
PLACE = re.compile(
    rf"(?:{PREFECTURE} ?)?(?:(?:[一-龠々ヶケァ-ヺ]{{1,6}}|{HIRAGANA})[市区郡町村] ?){{1,3}}"
    r"(?!の)(?:[ぁ-ん]{1,4}[一-龠]|[一-龠々ヶケノァ-ヺ-]){0,6} ?\Z"
)
NO_PLACE = re.compile(
    r"(?:条例|規則|計画|議案|資料|報告|第|表|図|章|節|様式|ペ-ジ|頁|項|[地学街]区|地域|区域|市町村)"
)
HOME = re.compile(r"(?:住所|自宅|我が家|わが家|実家|家|住まい|在住)[はがの:：]{0,2} ?\Z")
LIVES = re.compile(r"[^\S\n]?(?:に(?:住|在住|ある(?:自宅|我が家|家))|在住|の(?:自宅|我が家|わが家|家))")


def streets(text: str) -> Iterator[Hint]:
    """Chōme, block and house after the name of a place or after a word such as 自宅, with the room if it is given."""
    for found in NUMBERS.finditer(text):
        left = text[max(0, found.start() - LEFT) : found.start()]
        place = _place(left)
        at_home = bool(HOME.search(left.removesuffix(place)) or LIVES.match(text, found.end()))
        room = ROOM.match(text, found.end())
        if found["two"]:
            noticed = (place and (at_home or room)) or (at_home and room)
        elif found["house"]:
            noticed = True
        else:
            noticed = bool(place) or at_home
        if noticed:
            start = found.start() - len(place)
            yield Hint(
                Kind.ADDRESS,
                start,
                room.end() if room else found.end(),
                _("地名の後の番地") if place else _("丁目・番・号のある住所"),
            )


def _place(left: str) -> str:
    """The name of a place at the end of the text, or nothing."""
    own, named = OWN_PLACE.search(left), PLACE.search(left)
    found = [own[0]] if own else []
    if named and not NO_PLACE.search(named[0]):
        found.append(named[0])
    return max(found, key=len, default="").lstrip()


AFTER = re.compile(rf"[\s)]{{0,2}}(?:{PREFECTURE}|[一-龠]{{1,5}}[市区郡])")
BEFORE = re.compile(r"(?:郵便番号|住所)[^0-9\n]{0,4}\Z")
MARK = re.compile(r"〒 ?\Z")


def postal_codes(text: str, digits: Digits) -> Iterator[Hint]:
    """After 〒; without it only where 郵便番号 stands before or a place after."""
    for run in digits.runs((3, 4), (7,)):
        if run.glue not in ((), ("-",)):
            continue
        left = text[max(0, run.start - 8) : run.start]
        marked = MARK.search(left)
        if marked:
            yield Hint(Kind.POSTAL, run.start - len(marked[0]), run.end, _("〒の後の番号"))
        elif BEFORE.search(left) or AFTER.match(text, run.end):
            yield Hint(Kind.POSTAL, run.start, run.end, _("地名や「郵便番号」のとなりの7桁"))
