"""The settings, read from the environment once: every key in one table, every error with key, value and remedy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, NamedTuple

from schemas.failures import WrongUsageError

ROOT: Final[Path] = Path(__file__).resolve().parent.parent
PARTS: Final[Path] = ROOT / ".local"
"""Where the bootstrap puts what it fetches: Kafka's jars, the virtual environment."""

_LONGEST: Final = 86_400


class SettingRefusedError(WrongUsageError):
    """A value in the environment is not valid; nothing was started."""


class Setting(NamedTuple):
    """One key of the environment: its field, its default, its parser, and its purpose."""

    key: str
    field: str
    default: str | None
    parse: Callable[[str], Any]
    help: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings; None for a service means that the local stack runs it."""

    home: Path
    port_base: int
    kafka: str | None
    postgres: str | None
    mqtt: str | None
    mqtt_user: str
    mqtt_password_file: Path | None
    mqtt_receipts_password_file: Path | None
    devices_file: Path | None
    listen: str | None
    public_url: str | None
    tokens: Path | None
    map_layer: Path | None
    map_tiles: str
    map_attribution: str
    cursor_key_file: Path | None
    web_processes: int | None
    proxy: str | None
    trusted_proxies: str | None
    unlimited: str | None
    visitor_limit: int
    key_limit: int
    page_limit: int
    api_keys_file: Path | None
    api_keys_secret_file: Path | None
    seal_keys: Path | None
    metrics: str | None
    intake_listen: str | None
    intake_credentials_file: Path | None
    console_listen: str | None
    console_url: str | None
    registry: Path
    indicators_after: int
    quality_interval: int
    pollers: Path | None
    alerts: Path | None
    grafana_url: str | None
    grafana_token_file: Path | None


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:  # noqa: PLR2004 - the highest port there is
        raise ValueError("host:port, such as broker.internal:9092")
    return text


def _port_base(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65_000:  # noqa: PLR2004 - unprivileged, with room above
        raise ValueError("a port between 1024 and 65000")
    return int(text)


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise ValueError("an address that starts with http:// or https://")
    return text.rstrip("/")


def _tiles(text: str) -> str:
    if text and not (re.match(r"https?://[^\s/?#]+/", text) and all(part in text for part in ("{z}", "{x}", "{y}"))):
        raise ValueError("an address that starts with https:// and has {z}, {x} and {y}")
    return text


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) > _LONGEST:
        raise ValueError(f"whole seconds, at most {_LONGEST}")
    return int(text)


def _processes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 16:  # noqa: PLR2004 - the table of visitors has room for them
        raise ValueError("a number of processes, 1 to 16")
    return int(text)


def _per_minute(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:  # noqa: PLR2004 - more is no limit
        raise ValueError("requests a minute, 1 to 1000000")
    return int(text)


def _proxy(text: str) -> str:
    if text not in {"nginx", "none"}:
        raise ValueError("nginx or none")
    return text


def _networks(text: str) -> str:
    try:
        return ",".join(str(ip_network(one.strip())) for one in text.split(","))
    except ValueError:
        raise ValueError("networks with commas between them, such as 10.0.0.0/8,2001:db8::/32") from None


def _conninfo(text: str) -> str:
    if "=" not in text or re.search(r"\b(user|password)\s*=", text):
        raise ValueError(
            "a libpq connection string without user and password, such as host=db port=5432 dbname=doorfiets"
        )
    return text


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("DOORFIETS_HOME", "home", str(PARTS), _path, "folder that holds all state of this machine"),
    Setting("DOORFIETS_PORT_BASE", "port_base", "18800", _port_base, "first of the block of local ports"),
    Setting("DOORFIETS_KAFKA", "kafka", None, _address, "host:port of a Kafka to use instead of the local one"),
    Setting(
        "DOORFIETS_POSTGRES", "postgres", None, _conninfo, "PostgreSQL to use instead of the local one, without user"
    ),
    Setting("DOORFIETS_MQTT", "mqtt", None, _address, "host:port of an MQTT broker to use instead of the local one"),
    Setting("DOORFIETS_MQTT_USER", "mqtt_user", "bridge", str, "user of the bridge at the MQTT broker"),
    Setting("DOORFIETS_MQTT_PASSWORD_FILE", "mqtt_password_file", None, _path, "file that holds that user's password"),
    Setting(
        "DOORFIETS_MQTT_RECEIPTS_PASSWORD_FILE",
        "mqtt_receipts_password_file",
        None,
        _path,
        "file that holds the password of user `receipts` at the MQTT broker, who tells sensors what is stored",
    ),
    Setting(
        "DOORFIETS_DEVICES_FILE",
        "devices_file",
        None,
        _path,
        "file with the copy of the registered devices, for starts without the database; else below DOORFIETS_HOME",
    ),
    Setting(
        "DOORFIETS_LISTEN", "listen", None, _address, "host:port where the site listens, instead of the local port"
    ),
    Setting("DOORFIETS_PUBLIC_URL", "public_url", None, _url, "address under which the public reaches the site"),
    Setting(
        "DOORFIETS_TOKENS",
        "tokens",
        None,
        _path,
        "file of design tokens that the site takes instead of its own (opendata/static/tokens.css)",
    ),
    Setting(
        "DOORFIETS_MAP_LAYER",
        "map_layer",
        None,
        _path,
        "file of GeoJSON under the maps of the site: water as polygons, roads as lines (with `kind` water for canals)",
    ),
    Setting(
        "DOORFIETS_MAP_TILES",
        "map_tiles",
        "",
        _tiles,
        "address of tiles under the maps, with {z}, {x} and {y}, as PDOK has them; readers' browsers fetch them there",
    ),
    Setting("DOORFIETS_MAP_ATTRIBUTION", "map_attribution", "", str, "whom these are to be named by, beside each map"),
    Setting(
        "DOORFIETS_CURSOR_KEY_FILE",
        "cursor_key_file",
        None,
        _path,
        "file with the key that signs paging links, one for all web processes; without it they end with the process",
    ),
    Setting(
        "DOORFIETS_WEB_PROCESSES",
        "web_processes",
        None,
        _processes,
        "processes that serve the site behind one address; else as many as there are processors, four at most",
    ),
    Setting(
        "DOORFIETS_PROXY",
        "proxy",
        None,
        _proxy,
        "nginx or none: what stands before the site in the local stack; else nginx where it is installed",
    ),
    Setting(
        "DOORFIETS_TRUSTED_PROXIES",
        "trusted_proxies",
        None,
        _networks,
        "networks of proxies whose X-Forwarded-For says who asks; without it nobody's, but that of the local stack",
    ),
    Setting(
        "DOORFIETS_UNLIMITED",
        "unlimited",
        None,
        _networks,
        "networks whose visitors are not limited; without it none, in the local stack this machine",
    ),
    Setting(
        "DOORFIETS_VISITOR_LIMIT",
        "visitor_limit",
        "60",
        _per_minute,
        "units of `/v1` a minute for an address without a key, twice as many at once (docs/howto/limits.md)",
    ),
    Setting(
        "DOORFIETS_KEY_LIMIT",
        "key_limit",
        "600",
        _per_minute,
        "units of `/v1` a minute for an API key, twice as many at once",
    ),
    Setting(
        "DOORFIETS_PAGE_LIMIT",
        "page_limit",
        "300",
        _per_minute,
        "pages a minute for an address, twice as many at once; ten times as many files that belong to them",
    ),
    Setting(
        "DOORFIETS_API_KEYS_FILE",
        "api_keys_file",
        None,
        _path,
        "file of the prefixes and digests of API keys, which `doorfiets api-key` writes; else below DOORFIETS_HOME",
    ),
    Setting(
        "DOORFIETS_API_KEYS_SECRET_FILE",
        "api_keys_secret_file",
        None,
        _path,
        "file of the secret that these digests are made with; else below DOORFIETS_HOME",
    ),
    Setting(
        "DOORFIETS_SEAL_KEYS",
        "seal_keys",
        None,
        _path,
        "folder of the keys that seal what cannot be parsed, deleted after seven days; without it that is not kept",
    ),
    Setting(
        "DOORFIETS_METRICS",
        "metrics",
        None,
        _address,
        "host:port where the bridge tells its metrics; the others follow on the next ports (docs/reference/metrics.md)",
    ),
    Setting(
        "DOORFIETS_INTAKE_LISTEN",
        "intake_listen",
        None,
        _address,
        "host:port where the intake takes what is pushed over HTTP, instead of the local port",
    ),
    Setting(
        "DOORFIETS_INTAKE_CREDENTIALS_FILE",
        "intake_credentials_file",
        None,
        _path,
        "file that says which sensors may push, and the digests of their passwords",
    ),
    Setting(
        "DOORFIETS_CONSOLE_LISTEN",
        "console_listen",
        None,
        _address,
        "host:port where the console of operators listens, instead of the local port",
    ),
    Setting(
        "DOORFIETS_CONSOLE_URL",
        "console_url",
        None,
        _url,
        "address under which operators reach the console; with https its cookies are sent over nothing else",
    ),
    Setting(
        "DOORFIETS_REGISTRY",
        "registry",
        str(ROOT / "deploy" / "owners"),
        _path,
        "folder with a folder for each owner's registry",
    ),
    Setting(
        "DOORFIETS_INDICATORS_AFTER",
        "indicators_after",
        "60",
        _seconds,
        "seconds that indicators of months and years wait after the first change of what they rest on",
    ),
    Setting(
        "DOORFIETS_QUALITY_INTERVAL",
        "quality_interval",
        "3600",
        _seconds,
        "seconds after which a site or station whose hours changed is checked again",
    ),
    Setting(
        "DOORFIETS_POLLERS",
        "pollers",
        None,
        _path,
        "file that names what is fetched from publishers (docs/howto/pollers.md); without it nothing is",
    ),
    Setting(
        "DOORFIETS_ALERTS",
        "alerts",
        None,
        _path,
        "file of alerts: rules, receivers and routes (docs/howto/alerts.md); without it they are listed and not sent",
    ),
    Setting("DOORFIETS_GRAFANA_URL", "grafana_url", None, _url, "Grafana to publish the dashboards in"),
    Setting("DOORFIETS_GRAFANA_TOKEN_FILE", "grafana_token_file", None, _path, "file that holds a Grafana token"),
)
"""Every key."""


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingRefusedError for a value that is not valid, or an unknown key."""
    unknown = sorted(
        key for key in environment if key.startswith("DOORFIETS_") and key not in {s.key for s in SETTINGS}
    )
    if unknown:
        known = ", ".join(setting.key for setting in SETTINGS)
        raise SettingRefusedError(f"{unknown[0]} is set, but nothing reads it; there are {known}")
    values: dict[str, Any] = {setting.field: _value(setting, environment) for setting in SETTINGS}
    return Settings(**values)


def write(settings: Settings) -> dict[str, str]:
    """Return the settings as an environment, for a process of the platform."""
    values = {setting.key: getattr(settings, setting.field) for setting in SETTINGS}
    return {key: str(value) for key, value in values.items() if value is not None}


def _value(setting: Setting, environment: Mapping[str, str]) -> object:
    text = environment.get(setting.key) or setting.default
    if text is None:
        return None
    try:
        return setting.parse(text)
    except ValueError as expected:
        raise SettingRefusedError(f"{setting.key}={text!r}: expected {expected}") from None
