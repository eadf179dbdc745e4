"""A plain static host on loopback that compresses and answers 304 like a real one, and counts what goes over the wire."""

from __future__ import annotations

import gzip
import http.server
import mimetypes
import threading
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

PACKED = {".html", ".css", ".js", ".json", ".jsonl", ".svg", ".xml", ".txt"}
"""What hosts compress."""

PHRASES = {200: "OK", 304: "Not Modified", 404: "Not Found"}


@dataclass
class Wire:
    """What was sent since it was last read: headers and bodies, workers' requests included."""

    sent: list[tuple[str, int]] = field(default_factory=list)

    def since(self, mark: int = 0, *, but: str = "") -> tuple[int, int]:
        """Requests and bytes after the first ``mark`` of them; without those whose path begins with ``but``."""
        sizes = [size for path, size in list(self.sent)[mark:] if not (but and path.startswith(but))]
        return len(sizes), sum(sizes)


class Host(http.server.BaseHTTPRequestHandler):
    """Answers GET with files of ``site``; each is compressed once and kept."""

    protocol_version = "HTTP/1.1"
    site: Path
    wire: Wire
    kept: dict[str, tuple[bytes, bool]]

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        file = self.site / path.lstrip("/") / ("index.html" if path.endswith("/") else "")
        code = 200 if file.is_file() else 404
        content, packed = self.content(file if code == 200 else self.site / "404.html")
        mark = f'"{zlib.crc32(content):08x}"'
        if self.headers.get("If-None-Match") == mark:
            code, content = 304, b""
        head = [f"HTTP/1.1 {code} {PHRASES[code]}", f"Content-Type: {self.type_of(file)}", f"ETag: {mark}"]
        head += [f"Content-Length: {len(content)}"] if code != 304 else []
        head += ["Cache-Control: no-cache", *(["Content-Encoding: gzip"] if packed else []), "", ""]
        answer = "\r\n".join(head).encode() + content
        self.wire.sent.append((path, len(answer)))
        self.wfile.write(answer)

    def content(self, file: Path) -> tuple[bytes, bool]:
        key = str(file)
        if key not in self.kept:
            raw = file.read_bytes()
            packed = file.suffix in PACKED and len(raw) > 500
            self.kept[key] = (gzip.compress(raw, 6) if packed else raw, packed)
        return self.kept[key]

    def type_of(self, file: Path) -> str:
        found = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return "text/javascript" if file.suffix == ".js" else "text/html; charset=utf-8" if file.suffix == ".html" else found

    def log_message(self, *_args) -> None:
        pass


class Patient(http.server.ThreadingHTTPServer):
    """A browser that leaves a page hangs up on what it no longer needs: nothing to talk about."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, _request, _client) -> None:
        pass


def serve(site: Path) -> tuple[Patient, str, Wire]:
    """Serve the folder; gives the server, its address with a final slash, and what it counts."""
    wire = Wire()
    handler = type("SiteHost", (Host,), {"site": site, "wire": wire, "kept": {}})
    server = Patient(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/", wire
