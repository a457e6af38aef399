"""What an item of the queue is about: a post, an appeal or a rights request, each with a page on which it is decided."""

from enum import StrEnum

from forum.i18n import N_, _
from moderation.reviews.acts import ACT_NAMES, Act
from moderation.reviews.rules import Kind


class Target(StrEnum):
    POST = "post"
    APPEAL = "appeal"
    REQUEST = "request"

    @property
    def path(self) -> str:
        return PATHS[self]

    def page(self, number: int) -> str:
        """Where it is decided."""
        return f"{self.path}/{number}"


PATHS = {Target.POST: "/queue", Target.APPEAL: "/appeals", Target.REQUEST: "/rights-requests"}


# The last step of a request that waits for moderators.
STEPS = {
    None: N_("書いた人には、まだたずねていない"),
    "asked": N_("書いた人は、期限までに答えなかった"),
    "consented": N_("書いた人は、非公開にすることに同意した"),
    "objected": N_("書いた人は、非公開にすることに同意しない"),
}


def target_of(kind: str) -> Target:
    """What an item of this kind is about."""
    return {Kind.APPEAL: Target.APPEAL, Kind.REQUEST: Target.REQUEST}.get(Kind(kind), Target.POST)


def why(kind: str, stage: str | None) -> list[str]:
    """Why something waits that is no new or reported post; `stage` is the contested act, or the last step of a request."""
    if kind == Kind.APPEAL and stage:
        return [_("異議申立て"), _("「%(act)s」への異議", act=_(ACT_NAMES[Act(stage)]))]
    if kind == Kind.PROPOSED:
        return [_("2人目の確認待ち")]
    return [_("権利侵害の申出"), _(STEPS[stage])] if kind == Kind.REQUEST else []
