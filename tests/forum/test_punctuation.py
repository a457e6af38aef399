"""Marks that stand in templates outside of sentences are those of the language."""

import pytest

from forum.i18n import in_locale
from forum.rendering import Renderer
from forum.settings import Settings

SOURCE = '{{ _("締め切り") }}：{{ day }}（{{ _("理由") }}）・「{{ title }}」　2＋1'


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("ja", "締め切り：1日（理由）・「緑：水」　2＋1"),
        ("ja-easy", "いつまで：1日（理由）・「緑：水」　2＋1"),
        ("en", "Closes: 1日 (Reason) · “緑：水” · 2+1"),
    ],
)
def test_a_mark_is_said_in_the_language_and_what_people_wrote_stays(locale: str, shown: str) -> None:
    template = Renderer(Settings()).environment.from_string(SOURCE)
    with in_locale(locale):
        assert template.render(day="1日", title="緑：水") == shown


def test_a_sentence_of_a_template_is_translated_as_a_whole() -> None:
    template = Renderer(Settings()).environment.from_string(
        "{% trans %}あなたの意見に市が答えました：{{ group }}{% endtrans %}：<br>"
    )
    with in_locale("en"):
        assert template.render(group="緑") == "The city has answered your opinion: 緑: <br>"
