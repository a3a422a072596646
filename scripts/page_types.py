"""The messages of the page as JSDoc types, for the view in src/sheernet/apps/page/view.

    python scripts/page_types.py    writes protocol.js from sheernet.apps.page.protocol

tests/apps/page/test_page_types.py compares the file with the messages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from sheernet.apps.page import protocol

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "sheernet" / "apps" / "page" / "view" / "protocol.js"
HEAD = """/**
 * The types of the messages between the server and the view.  Written by scripts/page_types.py from protocol.py, which
 * describes them; do not edit.
 */

"""
SENT = (protocol.Opened, protocol.Frame, protocol.Answer)
"""The messages that contain all others."""
PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def types() -> str:
    """The text of protocol.js."""
    _, components = msgspec.json.schema_components(SENT, ref_template="{name}")
    parts = [_typedef(name, schema) for name, schema in sorted(components.items())]
    return HEAD + "\n".join(parts) + "\nexport {};\n"


def _typedef(name: str, schema: dict[str, Any]) -> str:
    lines = [
        f" * @property {{{_type(field)}}} {key}" for key, field in schema["properties"].items()
    ]
    return "\n".join(["/**", f" * @typedef {{object}} {name}", *lines, " */", ""])


def _type(schema: dict[str, Any]) -> str:
    """A JSON schema as a type of TypeScript."""
    if "$ref" in schema:
        return str(schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(_type(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join("null" if each is None else f'"{each}"' for each in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"' if isinstance(schema["const"], str) else str(schema["const"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"Array<{_type(schema.get('items', {}))}>"
    if kind == "object":
        values = schema.get("additionalProperties", {})
        return f"Record<string, {_type(values if isinstance(values, dict) else {})}>"
    return PLAIN.get(kind, "any")


if __name__ == "__main__":
    FILE.write_text(types(), encoding="utf-8")
