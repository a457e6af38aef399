"""What of a letter is new, and which letters no person wrote."""

from email.message import EmailMessage

import pytest

from forum import clock
from forum.notifications import reply_addresses
from forum.notifications.reply_addresses import REPLY_MARK
from forum.replying.letters import TEXT_MAX, new_words, opened
from forum.settings import Settings

OURS = f"{REPLY_MARK} 返信は、この線より上に書いてください {REPLY_MARK}"


@pytest.mark.parametrize(
    "after",
    [
        "",
        f"\n\n2026年4月1日(水) 9:00 小金井市 <reply+abc@kaigi.example.jp>:\n\n> {OURS}\n>\n> 花さん\n",
        f"\n\n2026年4月1日(水) 9:00 小金井市\n<reply+abc@kaigi.example.jp>:\n> {OURS}\n> 花さん",
        f"\n\nOn Wed, Apr 1, 2026 at 9:00 AM Koganei wrote:\n> {OURS}\n> 花さん\n",
        f"\r\n\r\n市民会議室さんが書きました：\r\n\r\n> {OURS}\r\n> 花さん\r\n",
        f"\n\n-----Original Message-----\nFrom: 小金井市\n\n{OURS}\n花さん",
        f"\n\n差出人: 小金井市\n件名: 返信\n\n{OURS}\n花さん",
        "\n\n2026年4月1日(水) 9:00 小金井市 <reply+abc@kaigi.example.jp>:\n> 線を消した引用\n>> その前\n",
        "\n\n＞線を消した引用\n",
        "\n-- \n花\n電話は平日だけ\n",
    ],
)
def test_quotes_and_signatures_are_no_new_words(after: str) -> None:
    assert (
        new_words("賛成です。\n\n> 夜道が暗い\nここは、とくに。" + after)
        == "賛成です。\n\n> 夜道が暗い\nここは、とくに。"
    )


@pytest.mark.parametrize(
    "last",
    [
        "市長への私からのメッセージ",
        "資料はここへ: midori@example.jp",
        "This is what my neighbour wrote:",
        "2026年4月1日の\nみどりさんのメール",
    ],
)
@pytest.mark.parametrize("after", ["", "\n", "\n\n-- \n花"])
def test_a_last_line_that_introduces_nothing_is_no_introduction(last: str, after: str) -> None:
    assert new_words(f"賛成です。\n{last}{after}") == f"賛成です。\n{last}"


@pytest.mark.parametrize("text", ["", "\n", f"{OURS}\n下に書きました", "> 引用だけ\n"])
def test_a_letter_may_hold_nothing_new(text: str) -> None:
    assert new_words(text) == ""


def a_letter(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "花 <hana@example.jp>", "reply+abc@kaigi.example.jp"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("賛成です。")
    return message


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<town.example.jp>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_machines_are_recognised(headers: dict[str, str]) -> None:
    assert opened(bytes(a_letter(**headers))).is_automatic


def test_a_person_is_recognised_in_every_encoding() -> None:
    message = a_letter(Auto_Submitted="no")
    message.set_content("賛成です。", charset="iso-2022-jp")
    letter = opened(bytes(message))
    assert (letter.sender, letter.recipients) == ("hana@example.jp", ("reply+abc@kaigi.example.jp",))
    assert (letter.text or "").strip() == "賛成です。"
    assert (letter.is_automatic, letter.has_attachments) == (False, False)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\n\nbody",
        b"From: a@b, c@d\nTo: \xff\n\n",
        b"Content-Type: text/plain; charset=nowhere\n\nbody",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 50,
        b"From: @@@@\nMessage-ID: \n\n" + b"@a" * 500_000 + b" x",
    ],
)
def test_whatever_comes_is_read_in_no_time(raw: bytes) -> None:
    letter = opened(raw)
    assert len(new_words(letter.text or "")) <= TEXT_MAX
    assert letter.sender in ("", "@@@@")


@pytest.mark.parametrize(
    "header", ["From: =?unicode_escape?q?=5Cud800?= <a@example.jp>", "Message-ID: =?utf-7?q?+2AA-?="]
)
def test_a_name_without_letters_makes_it_a_letter_from_nobody(header: str) -> None:
    assert opened(f"{header}\r\n\r\nhai".encode()).sender == ""


def test_signs_that_only_look_like_letters_are_no_address_of_ours() -> None:
    for sign in "\u212a\u0130\u0131\u017f":
        assert (
            reply_addresses.opened(Settings(), f"reply+{sign}aaaaaaa@kaigi.example.jp", clock.now()) is None
        )
