"""The SQL that is generated from the declarations of published tables, with the patterns of `published.sql`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from textwrap import wrap
from typing import Final

from schemas import named_sql
from schemas.published import PUBLISHED, PublishedTable, ShownAs, TableColumn

_WIDTH: Final = 150
_PACKED: Final = 120  # leaves room for what follows a list
_STATE: Final = ("revision", "computed_at", "rule")
_PATTERNS: Final = {
    name: text.partition("\n")[2]
    for name, text in named_sql.parse((files("deploy") / "published.sql").read_text("utf-8")).items()
}
"""The patterns by name, without the sentence that opens each of them."""


def tables(published: Sequence[PublishedTable] = PUBLISHED) -> str:
    """Return the schema file that makes the tables, each with its indexes, rights, history and triggers."""
    return _filled("tables", tables="\n\n".join(";\n".join(_table(table)) + ";" for table in published)) + ";\n"


def views(published: Sequence[PublishedTable] = PUBLISHED) -> str:
    """Return the schema file with the views over all tables."""
    shown = [(table, table.shown) for table in published if table.shown is not None]
    text = _filled(
        "views",
        versions="\n\n".join(_version(*one) + ";" for one in shown),
        listed="\nUNION ALL\n".join(_listed(one) for _, one in shown),
        changes="\n        UNION ALL\n".join(_change(*one) for one in shown),
        computed=_newest("computed_at", [table for table, _ in shown]),
        changed=_newest("changed_in", published),
        moved="\n        UNION ALL\n".join(
            _filled("moved", name=one.name, **one.numbers_of._asdict()) for one in published
        ),
    )
    return text + ";\n"


def statements(arithmetic: Mapping[str, str], published: Sequence[PublishedTable] = PUBLISHED) -> str:
    """Return the statements that write all tables and read their changes.

    `arithmetic` holds, by name, the queries of the rows to be stored: all columns of a table, and `rule`.
    """
    made = {name: text for table in published for name, text in _statements(table, arithmetic)}
    return _PATTERNS["statements"] + "\n" + "".join(f"\n-- {name} --\n{text};\n" for name, text in made.items())


def _statements(table: PublishedTable, arithmetic: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in table.computed_by or (table.name,):
        insert, revise = _insert(table, arithmetic[name]), _revise(table)
        yield f"write_{name}", f"{insert}\n{revise}"
        if table.rebuilt:
            yield f"compare_{name}", f"{insert}\n{_unknown(table)}\n{revise}"
            yield f"insert_{name}", insert
    key = _packed((f"replace(r.content ->> '{column}', '+00:00', 'Z')" for column in table.key), 4)
    yield f"changed_{table.name}", _filled("changed", name=table.name, key=key)


def _insert(table: PublishedTable, arithmetic: str) -> str:
    names = [*(column.name for column in table.columns), "rule"]
    body = "\n".join(f"    {line}".rstrip() for line in arithmetic.splitlines())
    return _filled("insert", name=table.name, columns=_packed(names, 4), found=_of("n", names), arithmetic=body)


def _unknown(table: PublishedTable) -> str:
    content = [*table.content, "rule"]
    same_key = " AND ".join(f"o.{column} = n.{column}" for column in table.key)
    return _filled(
        "unknown", name=table.name, same_key=same_key, existing=_of("o", content, 8), found=_of("n", content, 8)
    )


def _revise(table: PublishedTable) -> str:
    content = [*table.content, "rule"]
    return _filled(
        "revise",
        key=", ".join(table.key),
        assigned=_packed((f"{name} = excluded.{name}" for name in content), 4),
        existing=_of("t", content),
        excluded=_of("excluded", content),
    )


def _table(table: PublishedTable) -> Iterator[str]:
    columns = "\n".join(_column(column) for column in table.columns)
    key = ", ".join(table.key)
    yield _filled("table", says=_quoted(table.says), name=table.name, columns=columns, key=key)
    for role in table.withdrawn_by:
        yield _filled("withdrawn", name=table.name, role=role)
    if table.shown is not None:
        yield _filled("past", name=table.name, key=key, over=table.shown.over.replace("'", "''"))


def _column(column: TableColumn) -> str:
    return f"    {column.name} {column.type}," + (f"  -- {column.note}" if column.note else "")


def _version(table: PublishedTable, shown: ShownAs) -> str:
    names = [*(column.name for column in table.columns), *_STATE]
    return _filled("version", view=shown.view, name=table.name, columns=_packed(names, 4))


def _listed(shown: ShownAs) -> str:
    fields = (f"{expression} AS {name}" for name, expression in shown.listed._asdict().items())
    return _filled("listed", view=shown.view, fields=_packed(fields, 4))


def _change(table: PublishedTable, shown: ShownAs) -> str:
    return _filled("change", name=table.name, kind=shown.listed.kind, indicator=shown.listed.indicator)


def _newest(column: str, published: Iterable[PublishedTable]) -> str:
    return " UNION ALL\n".join(_filled("newest", column=column, name=table.name) for table in published)


def _filled(pattern: str, **values: str) -> str:
    return _PATTERNS[pattern].format_map(values)


def _quoted(text: str) -> str:
    return "\n".join(f"-- {line}" for line in wrap(text, _WIDTH - 3))


def _of(row: str, names: Iterable[str], indent: int = 4) -> str:
    return _packed((f"{row}.{name}" for name in names), indent)


def _packed(items: Iterable[str], indent: int) -> str:
    """Wrap a list into lines; an item is never broken."""
    lines: list[str] = []
    for item in items:
        if lines and indent + len(lines[-1]) + len(item) + 2 <= _PACKED:
            lines[-1] += f", {item}"
        else:
            lines.append(item)
    return ",\n".join(" " * indent + line for line in lines)
