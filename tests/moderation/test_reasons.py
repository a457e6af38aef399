"""No form forgets to ask: what is typed as a reason goes into the log for good."""

import ast
from importlib import import_module
from pathlib import Path

from pydantic import BaseModel

from forum.settings import ROOT

# Fields that everybody reads who reads the log.
REASONS = {"reason", "why", "answer"}
# Forms with such a field whose words stay among those who keep the room, or can be reworded.
KEPT_INSIDE = {
    "moderation/reviews/web/masking.py Look": "why somebody looked under the masks",
    "moderation/rights/web/handling.py Look": "why somebody opened the envelope",
}


def _read_without_asking(path: Path) -> set[str]:
    name = path.relative_to(ROOT).as_posix()
    module = import_module(name.removesuffix(".py").replace("/", "."))
    found = set()
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "read":
            model = call.args[1]
            assert isinstance(model, ast.Name)
            form: type[BaseModel] = getattr(module, model.id)
            if REASONS & form.model_fields.keys():
                found.add(f"{name} {model.id}")
    return found


def test_every_reason_for_the_log_is_asked_about() -> None:
    paths = [
        path
        for slice_ in ("reviews", "appeals", "rights")
        for path in (ROOT / "moderation" / slice_).rglob("*.py")
        if "web" in path.relative_to(ROOT).as_posix()
    ]
    assert paths
    assert {found for path in paths for found in _read_without_asking(path)} == KEPT_INSIDE.keys()
