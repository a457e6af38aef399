"""What is said in the room: read, register, post, approve, report, hide, edit."""

from pathlib import Path

from playwright.async_api import expect

from tests.browser.story.people import Person, Town, link_mailed_to

PASSWORD = "玉川上水のほとりで待つ"
FIRST_WORDS = "橋のたもとが暗いので、街灯を増やしてほしいです。"
BETTER_WORDS = "橋のたもとが暗くて怖いので、低い街灯を増やしてほしいです。"
ANGRY_WORDS = "係の山田さんは駅の裏の青い家に住んでいます。みんなで押しかけましょう。"


async def a_newcomer_reads_and_registers(town: Town, var_dir: Path, address: str) -> None:
    hana = town.hana
    await hana.visits("/")
    await hana.follows(town.board.name)
    await hana.follows("野川の夜道")
    await hana.reads("意見を書くには、ログインしてください。")
    await hana.follows("参加登録をする", hana.page.get_by_role("main"))
    await hana.fills(ペンネーム=town.pen_name, メールアドレス=address, パスワード=PASSWORD)
    await hana.presses("登録する")
    await hana.reads(f"{address} あてに、確認のメールを送りました。")
    await hana.visits(await link_mailed_to(address, var_dir))
    await hana.presses("登録を終える")
    await hana.reads("登録が完了しました。", "意見を書く")


async def her_first_post_waits_for_a_moderator(town: Town) -> None:
    hana, guest, moderator = town.hana, town.guest, town.moderator
    await hana.visits(town.thread)
    await posts(hana, FIRST_WORDS)
    await expect(hana.post(FIRST_WORDS)).to_contain_text("確認待ち")
    await guest.visits(town.thread)
    await expect(guest.post(town.pen_name)).to_have_count(0)

    await moderator.visits("/queue")
    await moderator.follows(FIRST_WORDS)
    await moderator.presses("公開する")
    for person in (guest, hana):
        await person.looks()
        await expect(person.post(FIRST_WORDS)).to_contain_text(town.pen_name)
        await expect(person.post(FIRST_WORDS)).not_to_contain_text("確認待ち")


async def a_post_against_the_charter_is_hidden(town: Town) -> None:
    hana, guest = town.hana, town.guest
    await posts(hana, ANGRY_WORDS)
    await guest.looks()
    await expect(guest.post(ANGRY_WORDS)).to_be_visible()

    await reports(
        town.taro, town, ANGRY_WORDS, "個人情報・プライバシー", "住んでいるところが書いてあります。"
    )
    await hides(
        town.moderator,
        ANGRY_WORDS,
        "住んでいるところが書いてあります。",
        "個人情報・プライバシー",
        "人の連絡先です。",
    )
    for person in (guest, hana):
        await person.looks()
        await expect(person.post("「個人情報・プライバシー」により、非公開にしました")).to_be_visible()
    await expect(guest.post(ANGRY_WORDS)).to_have_count(0)

    await hana.visits("/inbox")
    await hana.reads("を非公開にしました", "きまり：1「個人情報・プライバシー」", "判断した人：審査の担当者")
    await guest.follows("公開記録を見る")
    await guest.reads("非公開", "きまり1「個人情報・プライバシー」", "人の連絡先です。", "審査担当")
    assert "山田" not in await guest.page.content()


async def a_resident_edits_and_everybody_sees_what(town: Town) -> None:
    hana, guest = town.hana, town.guest
    await hana.visits(town.thread)
    mine = hana.post(FIRST_WORDS)
    await hana.opens_menu_of(mine)
    await hana.follows("編集", mine)
    await hana.fills(本文=BETTER_WORDS)
    await hana.presses("保存する")
    await expect(hana.post(BETTER_WORDS)).to_be_visible()

    await guest.visits(town.thread)
    await guest.follows("編集済み", guest.post(BETTER_WORDS))
    newest = guest.page.get_by_role("article").first
    await expect(newest).to_contain_text("現在の版")
    added = "".join(await newest.locator("ins").all_text_contents())
    assert "怖" in added
    assert "低い" in added


async def posts(person: Person, words: str) -> None:
    await person.fills(本文=words)
    await person.presses("投稿する")
    await expect(person.post(words)).to_be_visible()


async def reports(person: Person, town: Town, words: str, rule: str, why: str) -> None:
    await person.visits(town.thread)
    await person.opens_menu_of(person.post(words))
    await person.follows("通報", person.post(words))
    await person.ticks(rule)
    await person.fills(くわしい説明=why)
    await person.presses("通報する")
    await person.reads("通報を受け付けました。")


async def hides(moderator: Person, words: str, report: str, rule: str, reason: str) -> None:
    await moderator.visits("/queue?kind=reported")
    await moderator.follows(words)
    await moderator.reads(report)
    await moderator.page.get_by_label("きまり").select_option(label=f"1. {rule}")
    await moderator.fills(理由=reason)
    await moderator.presses("非公開にする")
