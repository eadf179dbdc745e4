"""CPU time that masking an API definition takes: ``python benchmarks/masking.py [--megabytes 13]``.

The definition resembles large public ones: many short strings, URLs, descriptions with e-mail addresses; with ``hits`` it has three
secrets, one of them a private key.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "generator"))

from callboard.redaction.masking import masked

KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "MIIEowIBAAKCAQEAvTestTestTestTestTestTestTestTestTestTestTestTes\n" * 20
    + "-----END RSA PRIVATE KEY-----"
)
HITS = {"pem": KEY, "url": "https://orders:hunter2hunter2@db.example.com/", "token": f"first line\nghp_{'a1' * 18}\nlast line"}


def operation(number: int) -> dict[str, object]:
    """One operation of about 2 KB."""
    fields = {
        f"field_{index}": {"type": "string", "description": f'The "value" of {index}.\nSee https://docs.example.com/{number}/{index}'}
        for index in range(14)
    }
    text = "Lists what the caller may see; write to support@example.com if something is missing. " * 2
    return {
        "operationId": f"op/{number}",
        "summary": f"List {number}",
        "description": text,
        "schema": {"type": "object", "properties": fields},
    }


def definition(megabytes: float, *, hits: bool) -> dict[str, object]:
    """An API definition of about that size."""
    size = len(json.dumps(operation(1_000)))
    paths = {f"/things/{number}": {"get": operation(number)} for number in range(int(megabytes * 1_000_000 / size))}
    return {"openapi": "3.1.0", "paths": paths, "x-examples": HITS if hits else {}}


def as_yaml(value: object, indent: str = "") -> str:
    """Block style; faster than a YAML library."""
    if not isinstance(value, dict):
        return f" {json.dumps(value)}\n"
    inner = "".join(f"{indent}{json.dumps(key)}:{as_yaml(item, indent + '  ')}" for key, item in value.items())
    return f"\n{inner}" if value else " {}\n"


def main() -> None:
    """Print one line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=13.0)
    megabytes = parser.parse_args().megabytes
    for hits in (False, True):
        value = definition(megabytes, hits=hits)
        for syntax, text in (("json", json.dumps(value)), ("yaml", as_yaml(value))):
            for is_public in (False, True):
                start = time.process_time()
                found = masked(text, is_public=is_public)
                seconds = time.process_time() - start
                case = f"{syntax}, {len(text) / 1e6:.1f} MB, {'public' if is_public else 'internal'}, {found.secrets} secrets"
                print(f"{case:45} {seconds:6.2f} s")


if __name__ == "__main__":
    main()
