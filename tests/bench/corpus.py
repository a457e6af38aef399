"""Posts by the million for the benchmarks: made-up sentences of 300 letters in which words are as unequally common as in speech.

A few words make up most of the text and most words are rare (Zipf), for that is what an index of letters has to bear. The
same seed makes the same posts.
"""

from collections.abc import Iterator

import numpy as np

LETTERS = 300
WORDS = 60_000
# Kanji that people use, in the order of their JIS table (level 1).
KANJI = bytes(byte for row in range(0xB0, 0xCF) for cell in range(0xA1, 0xFF) for byte in (row, cell)).decode(
    "euc_jp"
)
KATAKANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
    "ガギグゲゴザジズデドバビブボパピプポー"
)
# The commonest words; some of them are one word in several spellings.
USUAL = (
    "公園,道路,子ども,高齢者,市民,図書館,学校,駅前,駐輪場,ごみ,バス,保育園,防災,災害,情報,利用,予算,計画,意見,説明,意味,問題,"
    "地域,施設,整備,安全,時間,場所,自転車,野川,緑,商店街,手続き,申し込み,申込み,申込,引っ越し,引越し,引越,取り組み,取組み,取組,"
    "問い合わせ,問合せ,サーバー,サーバ,コンピューター,コンピュータ,町作り,街づくり,まちづくり,子供,こども,猫,ねこ,ネコ,"
    "話し合い,話合い,受け付け,受付,障害,障がい,置き場,置場,建て替え,建替え,建替"
)
JOINTS = "の,を,が,に,は,で,と,も,や,から,まで,への,として,について,、,など"
ENDINGS = (
    "してほしいです。,が必要だと思います。,をお願いします。,は大切です。,に賛成です。,には反対です。,が足りません。,を増やしてください。,"
    "を検討してください。,になっています。,がありません。,を知らない人が多いです。,は使いにくいです。,について市の考えを聞かせてください。,"
    "があると助かります。,を続けてほしい。,ができればと思います。,はどうなりましたか。,で困っている人がいます。,の予定を教えてください。"
)


def posts(count: int, seed: int = 1) -> Iterator[str]:
    """So many posts of 300 letters each."""
    rng = np.random.default_rng(seed)
    words = np.array(USUAL.split(",") + _made_up(rng))
    common = np.cumsum(1 / np.arange(30, len(words) + 30))
    joined, ended, many = np.array(JOINTS.split(",")), np.array(ENDINGS.split(",")), 64
    for _ in range(0, count, 1000):
        chosen = words[np.searchsorted(common, rng.random((1000, many)) * common[-1])]
        joints = joined[rng.integers(0, len(joined), (1000, many))]
        ends = ended[rng.integers(0, len(ended), (1000, many))]
        joints[:, 3::4] = ""
        after = np.where(np.arange(many) % 4 == 3, ends, joints.astype(object))
        yield from (
            "".join(map("".join, zip(*pair, strict=True)))[:LETTERS]
            for pair in zip(chosen, after, strict=True)
        )


def _made_up(rng: np.random.Generator) -> list[str]:
    """Words of one to four kanji, some kanji commoner than others, and loan words of three to six kana."""
    kanji = np.cumsum(1 / np.arange(10, len(KANJI) + 10))
    order = rng.permutation(list(KANJI))
    found: dict[str, None] = {}
    while len(found) < WORDS:
        if rng.random() < 0.2:
            word = "".join(rng.choice(list(KATAKANA), rng.integers(3, 7)))
        else:
            length = rng.choice([1, 2, 3, 4], p=[0.05, 0.65, 0.15, 0.15])
            word = "".join(order[np.searchsorted(kanji, rng.random(length) * kanji[-1])])
        found[word] = None
    return list(found)
