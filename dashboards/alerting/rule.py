"""What an alert rule of Grafana is made of, before it becomes JSON."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Comparison: TypeAlias = Literal["gt", "lt"]
"""The comparisons that Grafana 9 has, too: more than, less than."""
NoData: TypeAlias = Literal["OK", "NoData", "Alerting"]


class RuleLimits(NamedTuple):
    """From when on a rule holds, and how urgent that is.

    `after` is how long it must hold before it fires, `span` how far its query looks back; `parameters` are numbers and
    texts that stand as `:name` in its query.
    """

    severity: Literal["warning", "critical"]
    threshold: float
    after: timedelta = timedelta(0)
    span: timedelta = timedelta(hours=1)
    parameters: Mapping[str, float | str] = MappingProxyType({})


class GrafanaRule(NamedTuple):
    """One rule, with a query of its name.

    The query answers a row for each subject, whether or not anything is wrong with it: texts, which become labels, and
    one number, which is compared. `labels` are those of them that its words show. `no_data` is what it means that there
    is no row. `own` are its limits where the platform's own alerts have no such rule.
    """

    name: str
    kind: Literal["feed", "platform", "publication"]
    labels: tuple[str, ...] = ()
    no_data: NoData = "OK"
    comparison: Comparison = "gt"
    own: RuleLimits | None = None
