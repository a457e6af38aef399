"""Every act of the review: `deciding` and what leads to it, and `claiming` what one is about to decide."""

from moderation.reviews.actions.deciding import decide, publish_head, report

__all__ = ["decide", "publish_head", "report"]
