"""Says which generated files differ when our docstrings come as another Python gives them (3.13: no indent)."""

import ast
import sys
from importlib.machinery import SourceFileLoader
from inspect import cleandoc
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[2]


def other(text: str) -> str:
    """Give a docstring without its indent, or with one where this Python has taken it away."""
    first, *rest = cleandoc(text).split("\n")
    indent = "    " if sys.version_info >= (3, 13) else ""
    return "\n".join([first, *(indent + line if line else line for line in rest)])


def source_to_code(_loader: object, data: str | bytes, path: str, **_: object) -> CodeType:
    """Compile one module with the docstrings of the other Python."""
    tree = ast.parse(data)
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(body=[ast.Expr(value=ast.Constant(value=str() as text) as doc), *_]):
                doc.value = other(text)
            case ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=str() as text) as doc), *_]):
                doc.value = other(text)
    code: CodeType = compile(tree, path, "exec", dont_inherit=True)
    return code


if __name__ == "__main__":
    setattr(SourceFileLoader, "source_to_code", source_to_code)  # noqa: B010 - every module comes this way
    sys.path.insert(0, str(ROOT))
    from deploy.generate import outdated

    print(*outdated(ROOT))
