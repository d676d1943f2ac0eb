"""
Runs a command in a terminal of its own, whose keys and plug are ours. Reads one order a line: `interrupt` presses
Ctrl-C, `close` closes the terminal. What the command shows goes to our standard error. Ends with the command, and
prints how: the exit code, negative for a signal.

Usage: terminal.py COMMAND...
"""

import os
import pty
import select
import sys


def main():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    sources = [sys.stdin, terminal]
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended == pid:
            print(os.waitstatus_to_exitcode(status), flush=True)
            return
        for source in select.select(sources, [], [], 0.02)[0]:
            if source is terminal:
                if not show(terminal):
                    sources.remove(terminal)
                continue
            order = sys.stdin.readline().strip()
            if order == "interrupt" and terminal in sources:
                os.write(terminal, b"\x03")
            elif order == "close" and terminal in sources:
                sources.remove(terminal)
                os.close(terminal)
            elif order == "":
                sources.remove(sys.stdin)


def show(terminal):
    try:
        return os.write(2, os.read(terminal, 65536)) > 0
    except OSError:  # the command has closed its side
        return False


main()
