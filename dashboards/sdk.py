"""The dashboard SDK, imported in this one place, without its advice to use a schema that files cannot bring yet."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # warned of at import, about classic dashboards, which these are
    from grafana_foundation_sdk.builders import common, stat, statetimeline, table, timeseries
    from grafana_foundation_sdk.builders import dashboard as builders
    from grafana_foundation_sdk.cog import builder, runtime, variants
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models import common as look
    from grafana_foundation_sdk.models import dashboard as model

__all__ = [
    "JSONEncoder",
    "builder",
    "builders",
    "common",
    "look",
    "model",
    "register_default_plugins",
    "runtime",
    "stat",
    "statetimeline",
    "table",
    "timeseries",
    "variants",
]
