"""Files that the browser fetches: under an address with a hash of them all, so that it may keep each for good.

The hash is a part of the path, so a module's relative imports lead to others of the same state. What is served is read
once: a file that changes meanwhile, as in an update, is served as it was until the next start.

Gradio's own scripts and styles, some eighty a page, have a hash each in their names. They are answered for here, too:
Gradio compresses them anew for every visitor, and has the browser ask again at every visit. Brotli, where the browser
understands it, makes a page a tenth smaller than gzip.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import brotli
from gradio.routes import BUILD_PATH_LIB
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

TYPES = {  # of what is served, by the end of its name; nothing else is
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".safetensors": "application/octet-stream",
}
DENSE = (".png", ".safetensors")  # what no compression makes much smaller
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
CODINGS: dict[str, Callable[[bytes], bytes]] = {  # the first that a browser understands is taken
    "br": lambda content: brotli.compress(content, quality=9),  # 11 saves another 7 %, at ten times the seconds
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}
IMPORT = re.compile(rb'^\s*(?:import|export)\b[^"\';(]*?["\'](\.{1,2}/[^"\']+)["\']', re.MULTILINE)
GRADIO = Path(BUILD_PATH_LIB)  # its scripts, styles and fonts
OUTDATED = "this file is of another state of the page than the server has now; reload the page"
MISSING = "there is no such file"


class Static:
    """The files of some folders, and what is made at the start, by paths like assets/pixels.js."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """folders: by the first part of their files' paths."""
        self.folders = tuple(folders)
        self._packed: dict[tuple[str, str], bytes] = {}
        self._files = {
            f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for name, folder in folders.items()
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES and path.is_file()
        }

    def add(self, path: str, content: object) -> None:
        """Serve bytes, a text, or anything else as JSON, too. Raises RuntimeError once the hash is known."""
        if "hash" in self.__dict__:
            raise RuntimeError(f"{path} comes too late: the address of the files is known already")
        if isinstance(content, bytes):
            self._files[path] = content
            return
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, allow_nan=False)
        self._files[path] = text.encode("utf-8")

    @cached_property
    def hash(self) -> str:
        """Of all files, names and contents."""
        digest = hashlib.sha256()
        for path, content in sorted(self._files.items()):
            digest.update(b"%d %s %d " % (len(path.encode()), path.encode(), len(content)) + content)
        return digest.hexdigest()[:16]

    @property
    def paths(self) -> list[str]:
        """Of all files."""
        return list(self._files)

    @property
    def root(self) -> str:
        """Where all files are, as seen from the page."""
        return f"./static/{self.hash}/"

    def modules(self, *paths: str) -> list[str]:
        """These modules and all that they import, each once, in the order in which they are met."""
        found: dict[str, None] = {}
        todo = list(paths)
        while todo:
            path = todo.pop(0)
            if path not in found:
                found[path] = None
                near = posixpath.dirname(path)
                imported = IMPORT.findall(self._files[path])
                todo += [posixpath.normpath(posixpath.join(near, name.decode())) for name in imported]
        return list(found)

    def answer(self, path: str, coding: str | None) -> Response | None:
        """The file at /static/HASH/..., or 404 and a sentence; None for a path of somebody else's.

        (Gradio has files of its own under /static, in other folders.)  coding: of CODINGS, None for none.
        """
        found = re.fullmatch(rf"/static/([0-9a-f]{{16}})/((?:{'|'.join(self.folders)})/.*)", path, re.DOTALL)
        if found is None:
            return None
        version, file = found.groups()
        if version != self.hash:
            return JSONResponse({"detail": OUTDATED}, 404)
        if file not in self._files:
            return JSONResponse({"detail": MISSING}, 404)
        if coding is None or file.endswith(DENSE):
            return Response(self._files[file], headers=headers(file))
        if (file, coding) not in self._packed:
            self._packed[file, coding] = CODINGS[coding](self._files[file])
        return Response(self._packed[file, coding], headers=headers(file) | {"Content-Encoding": coding})


class Hashed:
    """A folder's scripts and styles, each named by a hash of its content; read and packed when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.name: path for path in folder.iterdir() if path.suffix in (".js", ".css")}
        self._packed: dict[tuple[str, str], bytes] = {}

    async def answer(self, path: str, coding: str) -> Response | None:
        """The file at /assets/NAME, in a coding of CODINGS; None for a path of somebody else's."""
        name = path.removeprefix("/assets/")
        if name == path or name not in self._paths:
            return None
        if (name, coding) not in self._packed:  # the largest takes a second
            pack = CODINGS[coding]
            self._packed[name, coding] = await run_in_threadpool(lambda: pack(self._paths[name].read_bytes()))
        return Response(self._packed[name, coding], headers=headers(name) | {"Content-Encoding": coding})


def headers(file: str) -> dict[str, str]:
    """Of an answer that the browser keeps for good."""
    return {"Content-Type": TYPES[posixpath.splitext(file)[1]], "Vary": "Accept-Encoding", **FOR_GOOD}


class ServeStatic:
    """ASGI middleware that answers for these files, before all others of ours: a page fetches dozens."""

    def __init__(self, app: ASGIApp, files: Static) -> None:
        self.app, self.files, self.gradio = app, files, Hashed(GRADIO)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            understood = re.findall(r"[\w-]+", Headers(scope=scope).get("accept-encoding", ""))
            coding = next((name for name in CODINGS if name in understood), None)
            answer = self.files.answer(path, coding)
            if answer is None and coding is not None:
                answer = await self.gradio.answer(path, coding)
            if answer is not None:
                return await answer(scope, receive, send)
        return await self.app(scope, receive, send)
