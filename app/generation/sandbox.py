"""Jinja's sandbox with its last gaps closed: what one step could do to memory or time.

`app.generation.templates` runs strangers' templates in it. A clock ends what loops, but no clock
ends a single step in C that makes a text of a thousand million characters; those are looked at
before they are done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

if TYPE_CHECKING:
    from jinja2.runtime import Context

LARGEST = 4_000_000
"""Characters or items; a whole context of 16,384 tokens has some 60,000."""
_WIDEST = 10_000
_PADDING = ("center", "ljust", "rjust", "zfill", "expandtabs")
_PADDING_FILTERS = ("center", "indent", "wordwrap", "batch", "slice", "tojson")
_WIDE = re.compile(r"\d{6}|\*|\{[^}]*\{")
"""A width of six digits, or one that comes with the values."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Raises `TemplateError` for a step that would fill the memory."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        for name in _PADDING_FILTERS:
            self.filters[name] = _narrow(self.filters[name])
        self.filters["format"] = _narrow_format(self.filters["format"])
        for name, check in (("replace", _check_replace), ("join", _check_join)):
            self.filters[name] = _checked(self.filters[name], check)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        changed = _Joining().visit(tree)
        assert isinstance(changed, nodes.Template)
        return changed

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Do a sum or a product that is not too large."""
        sizes = [len(v) if hasattr(v, "__len__") else abs(v) for v in (left, right)]
        if operator == "%" and isinstance(left, str):
            _check(not _WIDE.search(left))
        elif operator == "+" and hasattr(left, "__len__"):
            _check(sum(sizes) <= LARGEST)
        elif operator != "+":
            _check(operator == "%" or (operator == "*" and sizes[0] * sizes[1] <= LARGEST))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Call what the template calls, methods of texts after a look."""
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(owner, str):
            if name in _PADDING:
                _check(all(not isinstance(one, int) or one <= _WIDEST for one in args))
            elif name == "replace":
                _check_replace(owner, *args)
            elif name == "join":
                _check_join(*args, owner)
        return super().call(context, obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401
        """Return the safe form of a text's own `format`, where its widths are small."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _check(not _WIDE.search(value.__self__))
        return wrapped


class _Joining(NodeTransformer):
    """Turns `a ~ b` into a sum of texts, which the sandbox looks at before it is done."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        """Replace one joining."""
        self.generic_visit(node)
        texts: list[nodes.Expr] = [
            nodes.Filter(one, "string", [], [], None, None, lineno=node.lineno)
            for one in node.nodes
        ]
        joined = texts[0]
        for text in texts[1:]:
            joined = nodes.Add(joined, text, lineno=node.lineno)
        return joined


def _check(is_small: bool) -> None:  # noqa: FBT001
    if not is_small:
        _refuse()


def _refuse() -> NoReturn:
    raise TemplateError("it computes something far too large")


def _check_replace(text: object, old: object, new: object, *_: object) -> None:
    words, wanted = str(text), str(old)
    _check(words.count(wanted) * len(str(new)) <= LARGEST)


def _check_join(parts: Any, glue: object = "", *_: object) -> None:  # noqa: ANN401
    known = list(parts) if hasattr(parts, "__len__") else []
    _check(len(known) <= LARGEST)
    _check(sum(len(str(part)) + len(str(glue)) for part in known) <= LARGEST)


def _checked(filter_: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    """Look at a filter's values before it runs; its first argument is what Jinja passes itself."""

    @wraps(filter_)
    def run(own: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        check(*args, *kwargs.values())
        return filter_(own, *args, **kwargs)

    return run


def _narrow(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter pad by so many characters only."""

    @wraps(filter_)
    def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        values = (*args, *kwargs.values())
        _check(all(not isinstance(one, int) or one <= _WIDEST for one in values))
        return filter_(*args, **kwargs)

    return run


def _narrow_format(filter_: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter_)
    def run(text: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        _check(not _WIDE.search(str(text)))
        return filter_(text, *args, **kwargs)

    return run
