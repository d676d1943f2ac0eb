"""The channel between a worker and its parent."""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from typing import Any, Iterator

# Longest line to the parent, in bytes: no answer of an agent and no list of processes is longer.
LINE_LIMIT = 16 << 20


class Channel:
    """Lines of JSON over two descriptors. Writing after the parent has ended is not an error."""

    def __init__(self, input_descriptor: int, output_descriptor: int) -> None:
        self.parent_ended = threading.Event()
        # Of time.monotonic(); valid once `parent_ended` is set.
        self.parent_ended_at = 0.0
        self._input = os.fdopen(input_descriptor, "rb")
        self._output = output_descriptor
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._lock = threading.Lock()
        for descriptor in (input_descriptor, output_descriptor):
            os.set_inheritable(descriptor, False)
        threading.Thread(target=self._read, daemon=True).start()

    def requests(self) -> Iterator[dict[str, Any]]:
        """Yields each request until the parent ends."""
        while True:
            line = self._lines.get()
            if line is None:
                return
            yield json.loads(line.decode("utf-8"))

    def _read(self) -> None:
        """Runs in a thread of its own, so that the end of the parent is detected during a request."""
        while True:
            try:
                line = self._input.readline()
            except OSError:
                line = b""
            if not line.endswith(b"\n"):
                break
            self._lines.put(line)
        self.parent_ended_at = time.monotonic()
        self.parent_ended.set()
        self._lines.put(None)

    def send(self, document: dict[str, Any]) -> None:
        """May be called from any thread."""
        data = (json.dumps(document) + "\n").encode("utf-8")
        if len(data) > LINE_LIMIT:
            if "id" not in document:
                return
            error = {"name": "InvalidAnswer", "message": f"answered with {len(data)} bytes"}
            self.send({"id": document["id"], "results": [], "error": error})
            return
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._output, data) :]
            except OSError:
                pass
