"""What a text with Markdown in it says where only words are shown."""

import pytest

from forum.pictures import spoken

FILE = f"/files/{'a' * 64}-1200x800.jpg"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("柵です。", "柵です。"),
        (f"![割れた板]({FILE})", "〔割れた板〕"),
        (f"![割れた板]({FILE[:20]}", "〔割れた板〕"),
        ("[野川の橋](/topics/39)と同じです。", "野川の橋と同じです。"),
        ("[野川\\[1\\]の橋](/topics/39)", "野川[1]の橋"),
        ("同じです。 [野川の橋](/top", "同じです。 野川の橋"),
        ("同じです。 [野川の橋](/top\n次の行", "同じです。 [野川の橋](/top\n次の行"),
        # Elsewhere the address is the point, and two strokes lead elsewhere, too.
        ("[市](https://www.city.example.jp/)", "[市](https://www.city.example.jp/)"),
        ("[市](//www.city.example.jp/)", "[市](//www.city.example.jp/)"),
    ],
)
def test_pictures_and_links_are_read_as_what_they_say(raw: str, said: str) -> None:
    assert spoken(raw) == said
