"""One page and nothing else, as fast as Starlette on our server can: `PAGE=file PORT=… python -m tests.bench.bare`."""

import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

PAGE = Path(os.environ["VAR_DIR"]) / "page.html"


async def show(request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE_BYTES)


async def ready(request: Request) -> HTMLResponse:
    return HTMLResponse("")


PAGE_BYTES = PAGE.read_bytes()
app = Starlette(routes=[Route("/topics/{id:int}", show), Route("/readyz", ready)])

if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), loop="uvloop", access_log=False, log_config=None
    )
