"""What is said between a worker and its parent."""

import json
import os
import queue
import threading
import time

# Longest line to the parent: no agent of ours and no list of processes comes near it.
LINE_LIMIT = 16 << 20


class Channel:
    """Lines of JSON over two descriptors. Writing to a parent that has gone is not an error."""

    def __init__(self, input_descriptor, output_descriptor):
        self.parent_gone = threading.Event()
        self.parent_gone_at = None
        self._input = os.fdopen(input_descriptor, "rb")
        self._output = output_descriptor
        self._lines = queue.Queue()
        self._lock = threading.Lock()
        for descriptor in (input_descriptor, output_descriptor):
            os.set_inheritable(descriptor, False)
        threading.Thread(target=self._read, daemon=True).start()

    def requests(self):
        while True:
            line = self._lines.get()
            if line is None:
                return
            yield json.loads(line.decode("utf-8"))

    def _read(self):
        """In a thread of its own, so that the end of our parent is noticed while we work."""
        while True:
            try:
                line = self._input.readline()
            except OSError:
                line = b""
            if not line.endswith(b"\n"):
                break
            self._lines.put(line)
        self.parent_gone_at = time.monotonic()
        self.parent_gone.set()
        self._lines.put(None)

    def send(self, document):
        data = (json.dumps(document) + "\n").encode("utf-8")
        if len(data) > LINE_LIMIT:
            if "id" not in document:
                return
            message = "answered with %d bytes" % len(data)
            self.send({"id": document["id"], "results": [], "error": {"name": "NonsenseAnswer", "message": message}})
            return
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._output, data) :]
            except OSError:
                pass
