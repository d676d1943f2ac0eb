"""Words, JSON, regular expressions, sorting, compression, big numbers and threads, with results that never vary."""

import collections
import hashlib
import json
import os
import re
import sys
import threading
import time
import zlib


def numbers(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield seed >> 33


def word(draw):
    return "".join("abcdefghijklmnopqrstuvwxyzäß"[next(draw) % 28] for _ in range(next(draw) % 9 + 2))


def text_work(out):
    draw = numbers(1)
    words = [word(draw) for _ in range(30000)]
    counts = collections.Counter(words)
    out.append(f"{len(words)} words, {len(counts)} different")
    out.extend(f"{text} {count}" for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:200])
    text = " ".join(words)
    out.append(str(len(re.findall(r"\b[aeiou]\w+[^aeiou]\b", text))))
    out.append(hashlib.sha256(re.sub(r"(\w)(\w)", r"\2\1", text).encode()).hexdigest())
    packed = zlib.compress(text.encode(), 6)
    assert zlib.decompress(packed).decode() == text
    out.append(hashlib.sha256(packed).hexdigest())


def document_work(out):
    draw = numbers(2)
    rows = [{"id": i, "name": word(draw), "tags": [word(draw) for _ in range(4)], "x": next(draw)} for i in range(8000)]
    document = json.dumps(rows, sort_keys=True)
    again = json.loads(document)
    assert again == rows
    again.sort(key=lambda row: (row["name"], row["id"]))
    out.append(hashlib.sha256(json.dumps(again, indent=1).encode()).hexdigest())
    groups = collections.defaultdict(list)
    for row in again:
        groups[row["name"][0]].append(row["x"])
    out.extend(f"{key} {len(group)} {sum(group)}" for key, group in sorted(groups.items()))


def number_work(out):
    out.append(str(3**20000 % 10**3000))
    a, b = 0, 1
    for _ in range(20000):
        a, b = b, a + b
    out.append(hashlib.sha256(str(a % 10**3000).encode()).hexdigest())


def thread_work(out):
    results = {}

    def build(index):
        draw = numbers(index)
        table = {}
        for _ in range(15000):
            table.setdefault(word(draw), []).append(next(draw))
            if len(table) > 5000:
                table.pop(next(iter(table)))
        results[index] = hashlib.sha256(repr(sorted(table.items())).encode()).hexdigest()

    threads = [threading.Thread(target=build, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.extend(results[index] for index in range(4))


lines = []
for part in (text_work, document_work, number_work, thread_work):
    part(lines)
output = sys.argv[1]
with open(output, "w", encoding="utf-8", newline="\n") as file:
    file.write("\n".join(lines) + "\n")
open(output + ".done", "w").close()
while not os.path.exists(output + ".leave"):
    time.sleep(0.05)
sys.exit(7)
