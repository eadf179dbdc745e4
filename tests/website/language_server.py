"""A small client of the language server protocol, enough to ask the real yaml-language-server what an editor would show."""

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

TIMEOUT = 60
"""Seconds for one answer: Node's start on a busy machine."""


def find_server():
    """The command of the server, or None where it or Node is not installed."""
    named = os.environ.get("CALLBOARD_YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
    return named if named and shutil.which("node") and Path(named).is_file() else None


class LanguageServer:
    """The server on pipes; files are opened with their text, never written by it."""

    def __init__(self, command, settings=None):
        self.settings = settings or {}
        self.process = subprocess.Popen(
            ["node", command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.answers, self.diagnostics, self.number = {}, {}, 0
        self.arrived = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True},
        }
        self.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": {"yaml": self.settings}})

    def close(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.stdin.close()
        self.process.wait(TIMEOUT)
        self.reader.join(TIMEOUT)
        self.process.stdout.close()

    def open(self, uri, text):
        """Show it a file; its problems as (line from 1, message)."""
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        with self.arrived:
            assert self.arrived.wait_for(lambda: uri in self.diagnostics, TIMEOUT), "no diagnostics came"
            return [(found["range"]["start"]["line"] + 1, found["message"]) for found in self.diagnostics.pop(uri)]

    def complete(self, uri, line, column):
        """What is offered at a place (from 1): the items by their label."""
        found = self.ask("textDocument/completion", _place(uri, line, column))
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item for item in items}

    def hover(self, uri, line, column):
        """What is shown at a place (from 1), as Markdown."""
        found = self.ask("textDocument/hover", _place(uri, line, column)) or {"contents": {"value": ""}}
        return found["contents"]["value"]

    def ask(self, method, params):
        self.number += 1
        number = self.number
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        with self.arrived:
            assert self.arrived.wait_for(lambda: number in self.answers, TIMEOUT), f"no answer to {method}"
            return self.answers.pop(number).get("result")

    def tell(self, method, params):
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message):
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.process.stdin.flush()

    def _read(self):
        stream = self.process.stdout
        while header := stream.readline():
            length = int(header.split(b":")[1]) if header.lower().startswith(b"content-length") else 0
            while stream.readline().strip():
                pass
            self._take(json.loads(stream.read(length)))

    def _take(self, message):
        if "method" in message and "id" in message:
            asked = message["method"] == "workspace/configuration"
            items = message["params"]["items"] if asked else []
            result = [self.settings if item.get("section") == "yaml" else {} for item in items] if asked else None
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
            return
        with self.arrived:
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif "id" in message:
                self.answers[message["id"]] = message
            self.arrived.notify_all()


def _place(uri, line, column):
    return {"textDocument": {"uri": uri}, "position": {"line": line - 1, "character": column - 1}}
