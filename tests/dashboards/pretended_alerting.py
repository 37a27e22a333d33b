"""The alerting of the pretended Grafana: rules, contact points and notification policies, and who may change them."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request

Answer = tuple[Any, int]


def _default_tree() -> dict[str, Any]:
    return {"receiver": "grafana-default-email", "group_by": ["grafana_folder", "alertname"]}


@dataclass
class PretendedAlerting:
    """What the provisioning addresses hold; `files` are uids, or "policies", that come from files."""

    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: list[dict[str, Any]] = field(default_factory=list)
    tree: dict[str, Any] = field(default_factory=_default_tree)
    files: set[str] = field(default_factory=set)

    def by_hand(self, uid: str, **changed: Any) -> None:  # noqa: ANN401 - fields of a rule
        """Change a rule as somebody does who edits it."""
        self.rules[uid] = {**self.rules[uid], **changed}

    def read(self, path: list[str], *, lists: bool) -> Any:  # noqa: ANN401 - any part of JSON; None is not found
        """Answer a GET; Grafana 9.3 has no list of all rules."""
        match path:
            case ["alert-rules"] if lists:
                return [_as_read(one) for one in self.rules.values()]
            case ["alert-rules", uid] if uid in self.rules:
                return _as_read(self.rules[uid])
            case ["contact-points"]:
                return deepcopy(self.points)
            case ["policies"]:
                return {**deepcopy(self.tree), **({"provenance": "file"} if "policies" in self.files else {})}
        return None

    def write(self, request: Request, path: str) -> Answer:
        """Answer a POST or PUT: what comes from files, or would lock what people edit, is refused."""
        body = request.get_json()
        if request.headers.get("X-Disable-Provenance") != "true":
            return {"message": "these tests want everything to stay editable"}, 400
        answer: Answer = {"message": "Not found"}, 404
        match [request.method, *path.strip("/").split("/")[2:]]:
            case ["POST", "alert-rules"]:
                answer = self._add_rule(body)
            case ["PUT", "alert-rules", uid] if uid in self.rules:
                answer = self._change(uid, body)
            case ["POST", "contact-points"]:
                self.points.append(body)
                answer = body, 202
            case ["PUT", "contact-points", uid]:
                self.points = [body if one["uid"] == uid else one for one in self.points]
                answer = {"message": "contactpoint updated"}, 202
            case ["PUT", "policies"]:
                answer = self._route(body)
        return answer

    def _add_rule(self, body: dict[str, Any]) -> Answer:
        titles = {(one["folderUID"], one["title"]) for one in self.rules.values()}
        if body["uid"] in self.rules or (body["folderUID"], body["title"]) in titles:
            return {
                "message": "a conflicting alert rule is found: rule title under the same folder must be unique"
            }, 409
        self.rules[body["uid"]] = body
        return body, 201

    def _change(self, uid: str, body: dict[str, Any]) -> Answer:
        if uid in self.files:
            return {"message": "cannot change provenance from 'file' to ''"}, 409
        self.rules[uid] = body
        return body, 200

    def _route(self, body: dict[str, Any]) -> Answer:
        """Refuse a tree that leads to nobody, as Grafana does; its durations are written in the largest units."""
        known = {"grafana-default-email", *(one["name"] for one in self.points)}
        wanted = {body["receiver"], *(one["receiver"] for one in body.get("routes", []))}
        if "policies" in self.files or "provenance" in body or wanted - known:
            return {"message": f"invalid object specification: receiver {wanted - known} does not exist"}, 400
        self.tree = json.loads(json.dumps(body).replace('"240m"', '"4h"'))
        return {"message": "policies updated"}, 202


def _as_read(rule: dict[str, Any]) -> dict[str, Any]:
    """Give a rule as Grafana does: with numbers of its own, and what it adds to queries and steps by itself."""
    added = {"intervalMs": 1000, "maxDataPoints": 43200}
    data = [{**part, "model": {**added, **part["model"]}} for part in deepcopy(rule["data"])]
    return {
        **deepcopy(rule), "id": 7, "orgID": 1, "data": data, "updated": "2026-12-01T12:00:00Z", "provenance": "",
        "notification_settings": None, "for": {"0s": "0s", "1m": "1m0s"}.get(rule["for"], rule["for"]),
    }  # fmt: skip
