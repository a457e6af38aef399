"""How templates become programs: compiled once, and with sentences that are asked for straight away."""

import hashlib
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame

from forum.punctuation import MARKS

# What says a sentence in the language of the moment: both are told whether they write HTML.
SENTENCES = {"_", "_n"}
# The same source is compiled to other code when there are other marks, and when this module is another.
CODE = f"__jinja2_{hashlib.sha256(''.join(MARKS).encode() + Path(__file__).read_bytes()).hexdigest()[:8]}_%s.cache"


class Sentences(CodeGenerator):
    """Asks for sentences straight away, and puts them into the page as they come: a page has a hundred of them, and finding
    out how to do both took longer than they did."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802  (jinja's)
        if not _is_sentence(node):
            return super().visit_Call(node, frame, forward_caller=forward_caller)
        self.visit(node.node, frame)
        self.write("(context.eval_ctx")
        self.signature(node, frame)
        self.write(")")
        return None

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if not _is_sentence(node):
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if not _is_sentence(node):
            super()._output_child_post(node, frame, finalize)


def _is_sentence(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SENTENCES


class Templates(Environment):
    """All templates share what is known to all."""

    code_generator_class = Sentences

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # Jinja's own chains two mappings, and reads all of it for every page.
        return self.globals


class Compiled(FileSystemBytecodeCache):
    """Templates, compiled once for however many sites this process serves, and kept where Python keeps its own for the
    next process: compiling all of them takes a second."""

    def __init__(self, folder: Path) -> None:
        with suppress(OSError):  # what belongs to somebody else is compiled by every process anew
            folder.mkdir(exist_ok=True)
        super().__init__(str(folder), CODE)
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._code[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code
        with suppress(OSError):
            super().dump_bytecode(bucket)
