"""Events and groups for tests."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forum import clock
from forum.access import Actor
from forum.community import actions
from forum.community.rules import GroupForm, OccasionForm
from forum.db import Database

TOKYO = ZoneInfo("Asia/Tokyo")


def occasion(**given: Any) -> OccasionForm:
    start = (clock.now() + timedelta(days=10)).astimezone(TOKYO).replace(tzinfo=None)
    fields = {
        "kind": "course",
        "title": "スマホ教室",
        "starts_at": start,
        "place": "公民館",
        "host": "情報システム課",
    }
    return OccasionForm.model_validate(fields | given)


async def an_occasion(db: Database, by: Actor, **given: Any) -> int:
    return await actions.enter_occasion(db, by, occasion(**given), TOKYO)


async def a_group(db: Database, by: Actor, **given: Any) -> int:
    fields = {"name": "野川を守る会", "about": "川の清掃をしています。", "link": "https://example.jp/nogawa"}
    return await actions.list_group(db, by, GroupForm.model_validate(fields | given))
