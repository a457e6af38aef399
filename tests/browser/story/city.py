"""What the city makes of it: a digest, a consultation, an answer for everyone who spoke."""

import re
from datetime import timedelta

from playwright.async_api import Locator, expect

from forum import clock
from tests.browser.story.people import Person, Town
from tests.browser.story.room import BETTER_WORDS

LIGHTS = "遊歩道の足もとを照らす灯りがほしいです。"
BENCHES = "川を見て休めるベンチを増やしてください。"
BACKS = "ベンチに背もたれを付けてほしい。"
NOODLES = "駅前のラーメン屋はおいしい。"
FORMAL_WORDS = "計画に、夜も歩ける灯りのことを書いてください。"
PLAN = "# 第1章 遊歩道\n\n遊歩道を広げる。\n\n# 第2章 休む場所\n\n休む場所を整える。"


def digest_title(town: Town) -> str:
    return f"{town.name}の夜道のまとめ"


def plan_title(town: Town) -> str:
    return f"{town.name}の遊歩道の計画（案）"


async def staff_digest_the_board(town: Town) -> None:
    clerk = town.clerk
    await clerk.visits("/digests")
    await clerk.follows("まとめを作る")
    await clerk.fills(題名=digest_title(town))
    await clerk.ticks(town.board.name)
    await clerk.presses("読み取って案を作る")
    await put_apart(clerk, BETTER_WORDS, "橋の街灯")
    await put_apart(clerk, LIGHTS, "足もとの灯り")
    await merge(clerk, "橋の街灯", "足もとの灯り", title="夜道の灯り")
    await put_apart(clerk, BENCHES, "休めるベンチ")
    await move(clerk, BACKS, "休めるベンチ")
    await rename(clerk, "休めるベンチ", "川べりで休む場所")
    await set_aside(clerk, NOODLES)
    await confirm_every_group(clerk)
    await clerk.unfolds("まとめの題と要約を書く")
    await clerk.fills(要約="夜道の灯りと、休む場所についての意見です。")
    await clerk.presses("保存する")
    await clerk.follows("公開の確認へ進む")
    await clerk.presses("公開する")
    await clerk.reads(
        "まとめを公開しました。", "夜道の灯り", "川べりで休む場所", BETTER_WORDS, "合っています"
    )


async def staff_consult_on_a_plan(town: Town) -> None:
    clerk = town.clerk
    await clerk.visits("/consultations")
    await clerk.follows("意見募集を準備する")
    in_time = (clock.now() + timedelta(days=40)).strftime("%Y-%m-%dT17:15")
    await clerk.fills(案件名=plan_title(town), 趣旨="遊歩道をどう直すか。", 締め切り=in_time, 計画案=PLAN)
    await clerk.presses("保存する")
    await clerk.reads("まだ公開していません。")
    await clerk.presses("いますぐ始める")
    await clerk.reads("募集しています。")


async def a_resident_submits_formally(town: Town) -> None:
    hana = town.hana
    await hana.visits("/")
    await hana.follows(plan_title(town))
    await hana.follows("意見を提出する")
    await hana.fills(意見の内容=FORMAL_WORDS, 氏名="貫井花子", 住所="貫井北町1-2-3")
    await hana.chooses("計画案のどこについての意見ですか", "第1章 遊歩道")
    await hana.ticks("市内に住んでいる")
    await hana.presses("確認画面へ進む")
    await hana.reads("この内容で提出しますか", FORMAL_WORDS)
    await hana.presses("提出する")
    await hana.reads("意見を受け付けました", "受付番号")


async def staff_consider_what_came_in_and_what_the_room_said(town: Town) -> None:
    clerk = town.clerk
    await clerk.visits("/inbox")
    await clerk.follows(f"「{plan_title(town)}」に意見が届きました")
    await clerk.unfolds("予定より早く終える")
    await clerk.fills(理由="工事の時期が早まったためです。")
    await clerk.presses("いま締め切る")
    await clerk.presses("検討を始める")
    await clerk.follows("意見を整理する")
    await clerk.unfolds("ほかのまとめを取り込む")
    await clerk.chooses("公開されたまとめ", digest_title(town))
    await clerk.presses("取り込む")
    await clerk.reads("まとめの意見を取り込みました。")
    await move(clerk, FORMAL_WORDS, "夜道の灯り")
    await set_aside(clerk, NOODLES)
    await confirm_every_group(clerk)
    await clerk.reads("合っています")


async def staff_answer_every_group(town: Town) -> None:
    clerk = town.clerk
    await clerk.visits("/consultations")
    await clerk.follows(plan_title(town))
    await clerk.follows("市の考え方を書く")
    await clerk.reads("2論点のうち0論点に")
    await answer(
        clerk,
        "夜道の灯り",
        "修正",
        "灯りのことを書き加えます。",
        修正前="遊歩道を広げる。",
        修正後="遊歩道を広げ、灯りを置く。",
    )
    await answer(
        clerk, "川べりで休む場所", "反映しない", "いまのベンチを使います。", 理由="川幅が足りないためです。"
    )
    await clerk.reads("2論点のうち2論点に", "受付6件 ＝ 掲載")
    await clerk.presses("結果を公表する")
    await clerk.reads("結果を公表しました。", "人数", "件数は賛否の票数ではありません")


async def the_author_follows_the_answer_back_to_her_words(town: Town) -> None:
    hana = town.hana
    await hana.visits("/inbox")
    await hana.reads("あなたの意見に市が答えました", "区分：修正")
    await hana.follows("あなたの意見に市が答えました：夜道の灯り")
    answered = hana.page.get_by_role("article").filter(has_text="灯りのことを書き加えます。")
    await expect(answered).to_contain_text("遊歩道を広げ、灯りを置く。")
    await hana.follows("全文で読む", answered)
    mine = hana.page.get_by_role("blockquote").filter(has_text=BETTER_WORDS)
    await hana.follows("もとの投稿（第2版）", mine)
    revision = hana.page.get_by_role("article").filter(has_text="第2版")
    await expect(revision).to_contain_text("現在の版")
    await hana.unfolds("記録の指紋", revision)
    await hana.follows(re.compile("^[0-9a-f]{64}$"), revision)
    await hana.reads("計算しなおした値と一致", BETTER_WORDS)


async def put_apart(clerk: Person, words: str, title: str) -> None:
    await find(clerk, words)
    await clerk.page.get_by_label("新しい題").fill(title)
    await clerk.presses("新しい論点に分ける", exact=True)
    await clerk.reads("「新しい論点に分ける」を行いました。")


async def move(clerk: Person, words: str, group: str) -> None:
    await find(clerk, words)
    there = await clerk.page.get_by_role("option", name=re.compile(rf"^\d+\. {group}$")).get_attribute(
        "value"
    )
    await clerk.page.get_by_label("移し先の論点").select_option(there)
    await clerk.presses("移す", exact=True)
    await clerk.reads("「意見を移す」を行いました。")


async def set_aside(clerk: Person, words: str) -> None:
    await find(clerk, words)
    await clerk.chooses("対象外にする理由", "まとめの対象ではない事柄についての発言のため")
    await clerk.presses("対象外にする", exact=True)
    await clerk.reads("「対象外にする」を行いました。")


async def find(clerk: Person, words: str) -> None:
    await clerk.follows("探す", tabs(clerk))
    await clerk.fills(意見の中の言葉=words)
    await clerk.presses("探す")
    await clerk.ticks(words)


async def merge(clerk: Person, *titles: str, title: str) -> None:
    await clerk.follows(re.compile("^論点 "), tabs(clerk))
    for each in titles:
        await clerk.ticks(each)
    await clerk.page.get_by_label("新しい題").fill(title)
    await clerk.presses("一つにまとめる", exact=True)
    await clerk.reads("「論点をまとめる」を行いました。", title)


async def rename(clerk: Person, group: str, title: str) -> None:
    await clerk.follows(re.compile("^論点 "), tabs(clerk))
    card = clerk.page.get_by_role("region", name=re.compile(rf"^論点\d+：{group}$"))
    await clerk.unfolds("題と要約を書く", card)
    await card.get_by_label("論点の題").fill(title)
    await clerk.presses("保存する", card)
    await clerk.reads("論点の題と要約を保存しました。", title)


async def confirm_every_group(clerk: Person) -> None:
    await clerk.follows(re.compile("^論点 "), tabs(clerk))
    for box in await clerk.page.get_by_role("checkbox", name=re.compile("^論点")).all():
        await box.check()
    await clerk.presses("確定する")
    await clerk.reads("「論点を確定」を行いました。")


def tabs(clerk: Person) -> Locator:
    return clerk.page.get_by_role("navigation", name="整理するもの")


async def answer(clerk: Person, group: str, category: str, words: str, **more: str) -> None:
    if await clerk.page.get_by_role("heading", name="市の考え方", exact=True).count():
        await clerk.follows(re.compile(rf"\. {group}"))
    await clerk.ticks(category)
    await clerk.page.get_by_label("市の考え方").fill(words)
    await clerk.fills(**more)
    await clerk.presses("保存して次の論点へ")
    await clerk.reads("市の考え方を保存しました。")
