"""Jinja, with its templates compiled to plainer Python: the same pages from the same templates in less than half the time.

Jinja's own code asks at each call whether the function wants the context, looks each attribute up on the object before
its keys, and wraps each escaped value once more. Nothing here needs that: our functions take what they are given, rows
are dictionaries, and what is written into a page is text. `tests/test_rendering.py` holds both to the same output.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro, missing
from jinja2.utils import _PassArg
from markupsafe import Markup, _escape_inner

from app.language import language


def escaped(value: Any) -> str:
    """As `markupsafe.escape`, for a value that goes straight into the page."""
    kind = type(value)
    if kind is Markup:
        return value
    if kind is str:
        return _escape_inner(value)
    if kind is UUID or kind is int:
        return str(value)
    return value.__html__() if hasattr(value, "__html__") else _escape_inner(str(value))


def marked(text: str) -> Markup:
    """Markup of what is already safe."""
    return str.__new__(Markup, text)


# Macros that are given nothing but numbers and names of ours: each outcome is made once per language. Never add one that
# is given a person's words.
KEPT = frozenset({"icon", "meter", "mini_meter"})


def kept(make: Callable[..., str]) -> Callable[..., str]:
    @lru_cache(2048)
    def once(code: str, *args: Any) -> Markup:
        return marked(make(*args))

    return lambda *args: once(language.get(), *args)


class PlainMacro(Macro):
    """A macro that is called as a function: what is not given is missing, and nothing else is asked."""

    def __init__(self, environment: Environment, func: Callable[..., str], name: str, *more: Any) -> None:
        super().__init__(environment, kept(func) if name in KEPT else func, name, *more)

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        absent = self._argument_count - len(args)
        if self.caller or self.catch_kwargs or self.catch_varargs or absent < 0:
            return super().__call__(*args, **kwargs)
        if kwargs:
            args += tuple([kwargs.pop(name, missing) for name in self.arguments[len(args) :]])
            if kwargs:
                raise TypeError(f"macro {self.name!r} takes no keyword argument {next(iter(kwargs))!r}")
        elif absent:
            args += (missing,) * absent
        made = self._func(*args)
        return made if type(made) is Markup else marked(made)


class PlainCode(CodeGenerator):
    """Calls are calls, and what is written out is escaped once."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline("from app.web.rendering import PlainMacro, escaped")
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in [*node.args, *node.kwargs]:
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("escaped(")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        self.write("Plain")
        super().macro_def(macro_ref, frame)


class PlainTemplate(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """What is imported is the same for every page: all of our globals are the environment's."""
        return super()._get_default_module()


class PlainEnvironment(Environment):
    code_generator_class = PlainCode
    template_class = PlainTemplate

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A row's column before anything else that a dictionary has."""
        try:
            return obj[attribute] if type(obj) is dict else getattr(obj, attribute)
        except (AttributeError, KeyError):
            return super().getattr(obj, attribute)


def ask_for_nothing(env: Environment) -> None:
    """Raises TypeError for a global that wants the context passed: here it would not get it."""
    for name, value in env.globals.items():
        if callable(value) and _PassArg.from_obj(value) is not None:
            raise TypeError(f"the template function {name} asks for the context")
