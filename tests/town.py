"""A town with something on every page: for tests that look at all of them."""

from dataclasses import dataclass

from forum.access import Actor, Role
from forum.db import Database
from forum.posts.rules import Edit, Post
from forum.topics.actions import discussing
from forum.topics.actions.recapping import sum_up
from forum.topics.recapping import Recap
from moderation.digests import actions as digests
from moderation.reviews import actions as reviews
from moderation.reviews.acts import Act
from moderation.reviews.rules import Complaint, Verdict
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_section, a_topic, an_account
from tests.forum.community.entries import a_group, an_occasion
from tests.forum.themes.test_themes import a_theme
from tests.forum.topics.test_phases import phased
from tests.forum.topics.test_polls import opened
from tests.forum.topics.test_tags import a_tag, tagged
from tests.moderation.consultations import stories
from tests.moderation.digests.desk import a_discussion, a_draft, confirm_all
from tests.moderation.maps import residents
from tests.moderation.proxies.entries import an_entry


@dataclass(frozen=True, slots=True)
class Town:
    """The administrator may go everywhere, and has written a post, too."""

    administrator: Actor
    own_post: Post

    @property
    def entrances(self) -> list[str]:
        """Addresses from which links lead everywhere."""
        return ["/", "/login", "/register", f"/posts/{self.own_post.id}/edit"]


async def a_town(db: Database) -> Town:
    someone = await an_account(db, Role.ADMINISTRATOR, section_id=await a_section(db))
    board, moderator = await a_board(db), await a_moderator(db)
    topic = await a_topic(
        db, board=board, title="野川の<緑> & 水", body="## 見出し\n\n- 一\n- 二\n\n> 引用 <b>"
    )
    await tagged(db, someone, topic, await a_tag(db))
    await opened(db, topic, someone, live=True)
    await phased(db, someone, topic)
    await a_theme(db)
    await sum_up(db, someone, topic.topic_id, Recap(body="#1 のほかに、まだ声がありません。"))
    own = await a_post(db, someone, topic=topic, body="はじめの文")
    await discussing.edit(db, someone, own.id, Edit(body="書き直した文", version=own.version))
    withdrawn, hidden, reported = [
        await a_post(db, someone, topic=topic, reply_to_id=own.id) for _ in range(3)
    ]
    await discussing.withdraw(db, someone, withdrawn.id)
    verdict = Verdict(act=Act.HIDE, version=hidden.version, report=0, rule=4, reason="宣伝です。")
    await reviews.decide(db, moderator, hidden.id, verdict)
    await reviews.report(db, moderator, reported.id, Complaint(rule=4, note="見てください。"))
    await a_post(db, await a_newcomer(db), topic=topic, reply_to_id=own.id, body="確かめてください。")
    for _ in range(20):
        await a_post(db, moderator, topic=topic, reply_to_id=own.id)

    await a_draft(db, await a_discussion(db, board), someone)
    digest = await a_draft(db, await a_discussion(db, board), someone)
    await confirm_all(db, someone, digest.id)
    await digests.publish_digest(db, someone, digest.id)
    for _ in range(2):
        _clerk, about, _map = await residents.asked(db)
        await residents.two_camps(db, about.id)
    await residents.draw(db, about.id)
    await an_entry(db, someone, topic)
    await an_occasion(db, someone)
    await a_group(db, someone)
    for stage in (
        stories.prepared,
        stories.announced,
        stories.open_now,
        stories.considered,
        stories.published,
    ):
        await stage(db)
    return Town(someone, own)
