"""The OpenAPI document of `/v1` as a page reads it: resources by subject, parameters, answers, and fields of shapes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

_SHARED_FROM: Final = 5
"""A parameter that so many resources have alike is explained once."""
_ENVELOPE: Final = "Antwoord"
_CHOSEN: Final = "Velden"
"""Endings of shapes that say nothing of their own: the envelope of rows, and rows with fewer fields."""
_JSON: Final = "application/json"


@dataclass(frozen=True)
class ApiValue:
    """What a value is: a key of the words of types, or one of `values`, or a `shape`; a list of them, or empty."""

    word: str | None = None
    values: Sequence[str] = ()
    shape: str | None = None
    many: bool = False
    empty: bool = False


@dataclass(frozen=True)
class ApiField:
    """A parameter or a field, with what it is and its Dutch explanation; `default` is as it stands in an address."""

    name: str
    of: Sequence[ApiValue]
    description: str
    required: bool = False
    in_path: bool = False
    default: str | None = None
    most: int | None = None


@dataclass(frozen=True)
class ApiOperation:
    """One resource: its path, its words, its parameters, its forms, the shape of its rows, and its answers."""

    path: str
    tag: str
    summary: str
    description: str
    parameters: Sequence[ApiField]
    forms: Sequence[str]
    shape: str | None
    statuses: Sequence[str]

    @property
    def anchor(self) -> str:
        """Name it as it stands behind `#`."""
        return self.path.strip("/").replace("/", "-").replace("{", "").replace("}", "")


@dataclass(frozen=True)
class ApiDocument:
    """A document that is read as often as its pages are drawn."""

    content: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Give the version of the service."""
        return str(self.content["info"]["version"])

    @property
    def description(self) -> str:
        """Say in Dutch what the service is."""
        return str(self.content["info"]["description"])

    @cached_property
    def operations(self) -> Sequence[ApiOperation]:
        """Give all resources, in the order of the document."""
        return [self._operation(path, found["get"]) for path, found in self.content["paths"].items()]

    @cached_property
    def tags(self) -> Mapping[str, tuple[str, Sequence[ApiOperation]]]:
        """Give the subjects with their Dutch words and their resources."""
        return {
            tag["name"]: (tag["description"], [one for one in self.operations if one.tag == tag["name"]])
            for tag in self.content["tags"]
        }

    @cached_property
    def shared(self) -> Mapping[str, ApiField]:
        """Give the parameters that many resources have alike, by their names."""
        alike = Counter((one.name, one.description) for found in self.operations for one in found.parameters)
        often = {key for key, times in alike.items() if times >= _SHARED_FROM}
        return {
            one.name: one
            for found in reversed(self.operations)
            for one in found.parameters
            if (one.name, one.description) in often and not one.in_path
        }

    def own(self, operation: ApiOperation) -> list[ApiField]:
        """Give the parameters of a resource that are not explained once for all."""
        return [one for one in operation.parameters if not self._is_shared(one)]

    def also(self, operation: ApiOperation) -> list[str]:
        """Name those that are."""
        return [one.name for one in operation.parameters if self._is_shared(one)]

    @cached_property
    def shapes(self) -> Mapping[str, Sequence[ApiField]]:
        """Give the fields of each shape that has any, by the name of the shape."""
        return {
            name: [
                ApiField(field, list(self._types(schema)), schema.get("description", ""))
                for field, schema in shape["properties"].items()
            ]
            for name, shape in sorted(self._schemas.items())
            if "properties" in shape and not name.endswith((_ENVELOPE, _CHOSEN))
        }

    @property
    def _schemas(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content["components"]["schemas"]
        return found

    def _is_shared(self, one: ApiField) -> bool:
        known = self.shared.get(one.name)
        return known is not None and known.description == one.description

    def _operation(self, path: str, found: Mapping[str, Any]) -> ApiOperation:
        content = found["responses"]["200"]["content"]
        return ApiOperation(
            path=path,
            tag=found["tags"][0],
            summary=found["summary"],
            description=found.get("description", ""),
            parameters=[self._parameter(one) for one in found.get("parameters", ())],
            forms=list(content),
            shape=self._row(content[_JSON]["schema"]),
            statuses=sorted(found["responses"]),
        )

    def _parameter(self, found: Mapping[str, Any]) -> ApiField:
        schema = found["schema"]
        return ApiField(
            found["name"],
            list(self._types(schema)),
            found.get("description", ""),
            required=found.get("required", False),
            in_path=found["in"] == "path",
            default=None if schema.get("default") is None else str(schema["default"]),
            most=schema.get("maximum"),
        )

    def _row(self, schema: Mapping[str, Any]) -> str | None:
        """Name the shape of the rows of an answer, or of the answer itself where it has none."""
        named = next((one["$ref"] for one in schema.get("anyOf", ()) if "$ref" in one), schema.get("$ref"))
        if named is None:
            return None
        name = str(named).rpartition("/")[2]
        rows = self._schemas[name].get("properties", {}).get("gegevens")
        return self._row(rows["items"]) if rows else name

    def _types(self, schema: Mapping[str, Any]) -> Iterator[ApiValue]:
        """Yield what a value may be; one that may be empty says so at each."""
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            empty = len(options) < len(schema["anyOf"])
        else:
            types = schema.get("type")
            empty = isinstance(types, list) and "null" in types
            options = [schema]
        for one in options:
            for found in self._simple(one):
                yield ApiValue(found.word, found.values, found.shape, found.many, empty or found.empty)

    def _simple(self, schema: Mapping[str, Any]) -> Iterator[ApiValue]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            values = self._schemas[name].get("enum")
            yield ApiValue(values=values) if values else ApiValue(shape=name)
        elif "enum" in schema or "const" in schema:
            yield ApiValue(values=[str(one) for one in schema.get("enum") or [schema["const"]]])
        elif schema.get("type") == "array":
            for one in self._types(schema.get("items", {})):
                yield ApiValue(one.word, one.values, one.shape, many=True)
        else:
            types = schema.get("type")
            word = next((one for one in types if one != "null"), None) if isinstance(types, list) else types
            yield ApiValue(word=str(schema.get("format") or word or "object").replace("-", "_"))
