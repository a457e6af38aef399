"""What was said in the room and may not be read any more reaches no clerk who answers it."""

import httpx

from forum.db import Database
from moderation.consultations.actions import answering
from moderation.consultations.actions.answering_further import answer_further
from moderation.digests import actions as digests
from tests.conftest import Login
from tests.factories import a_post, a_topic
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, days_later, on_day
from tests.moderation.digests.desk import a_plan, act, confirm_all, hide, said_in


async def test_words_that_were_hidden_are_on_no_page_of_the_clerk(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    with on_day(9):
        topic = await a_topic(db, body="駅前に大きな木を植えてください。")
        hidden = await a_post(db, topic=topic, body="歩道橋に屋根を付けてください。")
    period = {"first_day": days_later(8).date(), "last_day": days_later(20).date()}
    plan = a_plan(consultation_id=procedure.id, topics=[topic.topic_id], **period)
    digest_id = await digests.start(db, procedure.clerk, plan, TOKYO)
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
    roof, tree = await said_in(db, digest_id, "屋根"), await said_in(db, digest_id, "大きな木")
    for title, opinion in (("屋根", roof), ("木", tree)):
        await act(db, procedure.clerk, digest_id, "split", opinions=[opinion.id], title=title)
    await confirm_all(db, procedure.clerk, digest_id)
    groups = {group.row.title: group.row.id for group in (await stories.the_gathered(db, procedure)).groups}
    await answer_further(db, procedure.clerk, procedure.id, roof.id, [groups["木"]])
    await hide(db, hidden)
    await login(client, procedure.clerk.id or 0)
    bench = f"/consultations/{procedure.id}/answers"
    further = f"/consultations/{procedure.id}/opinions/{roof.id}/answers"
    for place in (bench, *(f"{bench}/{group}" for group in groups.values()), further):
        page = (await client.get(place)).text
        assert "歩道橋" not in page, place
        assert "None" not in page, place
        assert ("大きな木" in page) == (place in (bench, f"{bench}/{groups['木']}"))
        assert ("言葉は載せていません" in page) == (place != bench)
