"""Python's own tests, of the modules that are named after the output file: what became of each."""

import os
import sys
import time
import unittest

LIMIT_SECONDS = 300


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.lines = []

    def note(self, test, outcome):
        self.lines.append(f"{test.id()} {outcome}")

    def addSuccess(self, test):
        self.note(test, "passed")

    def addSkip(self, test, reason):
        self.note(test, "skipped")

    def addFailure(self, test, error):
        self.note(test, f"failed: {error[0].__name__}")

    addError = addExpectedFailure = addUnexpectedSuccess = addFailure

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.note(test, f"failed in part: {error[0].__name__}")


def main():
    output, *modules = sys.argv[1:]
    lines = []
    for module in modules:
        outcomes = Outcomes()
        suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
        suite.run(outcomes)
        lines += [f"{module}: {len(outcomes.lines)} tests", *sorted(outcomes.lines)]
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")
    open(output + ".done", "w").close()
    until = time.monotonic() + LIMIT_SECONDS
    while not os.path.exists(output + ".leave") and time.monotonic() < until:
        time.sleep(0.05)
    os._exit(7)


main()
