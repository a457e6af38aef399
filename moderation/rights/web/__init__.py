"""権利侵害の申出: `filing` by anybody, `replying` by the author of the post, `handling` by moderators."""

from moderation.rights.web import filing, handling, replying

routes = [*filing.routes, *replying.routes, *handling.routes]
