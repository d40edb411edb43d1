"""Local package registries and a git server, for acceptance tests.

Usage: registry.py HOST:PORT BASE-URL DIR [CERT KEY]        over TLS with CERT and KEY

Serves below DIR: /git/* through `git http-backend`, /simple/* as a Python index
with one wheel, /npm/* as an npm registry with one package.
"""

import base64
import hashlib
import http.server
import io
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tarfile
import zipfile


def wheel():
    """A pure Python wheel `tiny` 1.0."""
    files = {
        "tiny.py": "VALUE = 42\n",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, "tiny-1.0.dist-info/RECORD"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in {**files, "tiny-1.0.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    return out.getvalue()


def npm_package():
    """The tarball of an npm package `tiny` 1.0.0."""
    manifest = json.dumps({"name": "tiny", "version": "1.0.0", "main": "index.js"}).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in [("package.json", manifest), ("index.js", b"module.exports = 42;\n")]:
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


WHEEL, TARBALL = wheel(), npm_package()


class Handler(http.server.BaseHTTPRequestHandler):
    """One request of pip, npm or git."""

    protocol_version = "HTTP/1.1"
    root = pathlib.Path()
    base = ""

    def log_message(self, *_):
        pass

    def reply(self, body, kind, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path.startswith("/git/"):
            self.git()
        elif path == "/simple/tiny/":
            digest = hashlib.sha256(WHEEL).hexdigest()
            name = "tiny-1.0-py3-none-any.whl"
            page = f'<!doctype html><a href="/files/{name}#sha256={digest}">{name}</a>\n'
            self.reply(page.encode(), "text/html")
        elif path.startswith("/files/"):
            self.reply(WHEEL, "application/octet-stream")
        elif path == "/npm/tiny":
            digest = base64.b64encode(hashlib.sha512(TARBALL).digest()).decode()
            dist = {"tarball": f"{self.base}/npm/tiny/-/tiny-1.0.0.tgz", "integrity": f"sha512-{digest}"}
            version = {"name": "tiny", "version": "1.0.0", "dist": dist}
            document = {
                "name": "tiny",
                "dist-tags": {"latest": "1.0.0"},
                "versions": {"1.0.0": version},
            }
            self.reply(json.dumps(document).encode(), "application/json")
        elif path.startswith("/npm/tiny/-/"):
            self.reply(TARBALL, "application/octet-stream")
        else:
            self.reply(b"{}", "application/json", 404)

    do_HEAD = do_GET

    def do_POST(self):
        if self.path.startswith("/git/"):
            self.git()
        else:
            self.reply(b"{}", "application/json", 404)

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        out = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return out

    def git(self):
        path, _, query = self.path.partition("?")
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.root / "git"),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": path.removeprefix("/git"),
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        data = self.body()
        environment["CONTENT_LENGTH"] = str(len(data))
        done = subprocess.run(
            ["git", "http-backend"], input=data, env=environment, capture_output=True, check=False
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        fields = [line.partition(": ") for line in head.decode().split("\r\n") if line]
        status = next((v for n, _, v in fields if n.lower() == "status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, _, value in fields:
            if name.lower() != "status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def main():
    address, base, root, *pair = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    Handler.root, Handler.base = pathlib.Path(root), base
    server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
    if pair:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*pair)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
