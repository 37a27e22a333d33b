"""The PostgreSQL query that the dashboard SDK lacks, as an extension of it."""

from typing import Any, Final, Literal, Self, TypeAlias

from dashboards.sdk import builder, look, register_default_plugins, runtime, variants

Format: TypeAlias = Literal["time_series", "table"]

PLUGIN: Final = "grafana-postgresql-datasource"
"""The data source's type from Grafana 10.2.3 on; before that it was called `postgres`."""

SOURCE: Final = look.DataSourceRef(type_val=PLUGIN, uid="tsdb")
"""The provisioned data source that every query names."""


class PostgresQuery(variants.Dataquery):
    """One SQL text for the data source, as Grafana stores it."""

    def __init__(self, sql: str, form: Format = "time_series", ref_id: str = "A") -> None:
        self.sql, self.form, self.ref_id = sql, form, ref_id

    def to_json(self) -> dict[str, object]:
        """Return the fields that Grafana's query editor reads."""
        return {
            "datasource": SOURCE,
            "editorMode": "code",
            "format": self.form,
            "rawQuery": True,
            "rawSql": self.sql,
            "refId": self.ref_id,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Make a query from the fields that `to_json` returns."""
        return cls(data["rawSql"], data["format"], data["refId"])


class PostgresQueryBuilder(builder.Builder[PostgresQuery]):
    """The builder that the SDK's panels take as a target."""

    def __init__(self, sql: str, form: Format = "time_series", ref_id: str = "A") -> None:
        self._query = PostgresQuery(sql, form, ref_id)

    def build(self) -> PostgresQuery:
        """Return the query."""
        return self._query


def register() -> None:
    """Register the query with the SDK, so that it reads panels with it from JSON."""
    register_default_plugins()
    runtime.register_dataquery_variant(
        runtime.DataqueryConfig(identifier=PLUGIN, from_json_hook=PostgresQuery.from_json)
    )
