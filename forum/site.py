"""What every request, job and command works with. Without the pages and jobs themselves: most commands need none."""

from forum.db import Database
from forum.rendering import Renderer
from forum.sealed import Seal
from forum.settings import Settings
from forum.storage import storage_at
from forum.web import Site
from moderation.reviews.queries.queue import waiting


def make_site(settings: Settings, db: Database) -> Site:
    """What every request shares; also for commands and jobs without a web server."""
    seal, storage = Seal(settings.secret()), storage_at(settings)
    return Site(settings, db, Renderer(settings), seal, storage, waiting)
