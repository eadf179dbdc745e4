"""Parsed templates → Python code that renders the same text as that of Jinja2, with fewer calls.

Jinja2 makes a ``Markup`` of each value that is printed, although the values are joined to one string at once, and looks at each function
that is called whether it takes the context, which none of the functions of these templates does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2
import markupsafe
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.environment import TemplateModule
from jinja2.nodes import Call, Expr, Getattr, Template
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

escaped_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", lambda text: str(escape(str(text))))
"""Escapes a string, markup too; the public function makes a ``Markup`` of the result in addition."""
_new = str.__new__


def printed(value: Any) -> str:
    """A value as it stands in HTML: escaped unless it is markup. Equal to ``escape``, which returns ``Markup``."""
    kind = type(value)
    if kind is str:
        return escaped_text(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return str(value) if kind is int else escape(value)


class QuickMacro(Macro):
    """A macro that is called with positional arguments without looking at each of them. Templates are always escaped."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._count: int = -1 if self.catch_kwargs or self.catch_varargs or self.caller or self.explicit_caller else len(self.arguments)
        self._missing = tuple((missing,) * number for number in range(self._count + 1))

    def __call__(self, *arguments: Any, **named: Any) -> str:
        """The HTML; arguments that are not given have their defaults."""
        absent = self._count - len(arguments)
        if named or absent < 0:
            return super().__call__(*arguments, **named)
        return _new(Markup, self._func(*arguments, *self._missing[absent]) if absent else self._func(*arguments))


class QuickTemplate(jinja2.Template):
    """A template whose module is made once: all globals are those of the environment, so that no template has others."""

    def new_context(self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Any = None) -> Context:  # noqa: A002, FBT001, FBT002 - as in the class that is extended
        """The context of one page: the globals of the environment, which Jinja2 would look up one by one for each page, and ``vars``."""
        if shared or locals:
            return super().new_context(vars, shared, locals)
        return self.environment.context_class(self.environment, {**self.environment.globals, **(vars or {})}, self.name, self.blocks)

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja2 compares the names in it
        return super()._get_default_module()


class QuickCode(CodeGenerator):
    """Writes the code of a template, for an environment with ``autoescape`` and without functions that take the context."""

    def visit_Template(self, node: Template, frame: Frame | None = None) -> None:  # noqa: N802 - called by name
        """The whole template."""
        self.writeline(f"from {__name__} import {QuickMacro.__name__}, {printed.__name__}")
        super().visit_Template(node, frame)

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:  # noqa: ARG002 - as in the class that is extended
        """The value of a macro."""
        node = macro_ref.node
        names = tuple(argument.name for argument in node.args)
        takes = (macro_ref.accesses_kwargs, macro_ref.accesses_varargs, macro_ref.accesses_caller)
        arguments = ", ".join(map(repr, (getattr(node, "name", None), names, *takes)))
        self.write(f"{QuickMacro.__name__}(environment, macro, {arguments}, context.eval_ctx.autoescape)")

    def visit_Call(self, node: Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802, FBT001, FBT002 - called by name
        """A call, without the context."""
        self.visit(node.node, frame)
        self.write("(")
        if forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.write("*()")  # a comma follows
            self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        else:
            for argument in node.args:
                self.visit(argument, frame)
                self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: Getattr, frame: Frame) -> None:  # noqa: N802 - called by name
        """An attribute; what is not found, such as the item of a mapping, is left to the environment."""
        self.write("(_found if (_found := getattr(_from := ")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing else environment.getattr(_from, {node.attr!r}))")

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:  # noqa: ARG002 - as above
        """What stands before a printed value; what stands behind it is a parenthesis."""
        self.write(f"{printed.__name__}(")
        if finalize.src is not None:
            self.write(finalize.src)
