"""The pages of digests: from `starting` one and `sorting` it to `publishing` and `reading`."""

from moderation.digests.web import (
    finding,
    objecting,
    publishing,
    reading,
    recutting,
    sorting,
    starting,
    suggesting,
    undoing,
)

routes = [
    *starting.routes,
    *sorting.routes,
    *suggesting.routes,
    *undoing.routes,
    *recutting.routes,
    *objecting.routes,
    *publishing.routes,
    *reading.routes,
    *finding.routes,
]
