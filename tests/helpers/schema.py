"""config/schema.json has every setting: `python -m tests.helpers.schema` writes it anew."""

import json
from math import isfinite
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter

from rtlmp.config import Config
from rtlmp.config.model import SETTINGS
from tests.helpers.build import ROOT

FILE: Final = ROOT / "config/schema.json"
NULL: Final = {"type": "null"}


def schema() -> dict[str, Any]:
    """JSON Schema of a file of settings, which may leave out any, from their declarations."""
    adapter = TypeAdapter(list[Config], config=ConfigDict(extra="forbid"))  # as config.errors does
    groups: dict[str, Any] = adapter.json_schema()["$defs"]
    for group in groups.values():
        group.pop("required", None)
        for key, of in group.get("properties", {}).items():
            if setting := SETTINGS.get(key):
                ends = {"minimum": setting.low, "maximum": setting.high}
                of |= {end: x for end, x in ends.items() if isfinite(x)}
                of |= {"description": setting.about, "default": setting.default}
            if isinstance(more := of.get("additionalProperties"), dict):
                of["additionalProperties"] = removable(more)
            for name, named in of.get("patternProperties", {}).items():
                of["patternProperties"][name] = removable(named)
    whole = groups.pop("Config")
    whole["properties"]["run"] = {"anyOf": [whole["properties"]["run"], NULL]}
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **whole, "$defs": groups}


def removable(of: dict[str, Any]) -> dict[str, Any]:
    """Null takes out what an earlier file put in."""
    return {"anyOf": [of, NULL]}


if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=1) + "\n")
