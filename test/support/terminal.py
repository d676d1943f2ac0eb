"""
Runs a command in a terminal of its own, whose keys and plug are ours. Reads one order a line: `interrupt` presses
Ctrl-C, `type TEXT` presses the keys of a text and Enter, `press TEXT` those of the text alone, `width COLUMNS` makes it
as wide, `close` closes the terminal. It begins with 80 columns. What the command shows goes to our standard error. Ends with the command, and
prints how: the exit code, negative for a signal.

Usage: terminal.py COMMAND...
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios


def main():
    pid, terminal = pty.fork()
    if pid == 0:
        resize(0, 80)
        os.execvp(sys.argv[1], sys.argv[1:])
    orders = open(0, "rb", buffering=0)  # what waits in a buffer, select does not see
    sources = [orders, terminal]
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
            order, _, text = orders.readline().decode().rstrip("\n").partition(" ")
            if order == "":
                sources.remove(orders)
            elif terminal not in sources:
                continue
            elif order == "interrupt":
                os.write(terminal, b"\x03")
            elif order == "type":
                os.write(terminal, text.encode() + b"\r")
            elif order == "press":
                os.write(terminal, text.encode())
            elif order == "width":
                resize(terminal, int(text))
            elif order == "close":
                sources.remove(terminal)
                os.close(terminal)


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))


def show(terminal):
    try:
        return os.write(2, os.read(terminal, 65536)) > 0
    except OSError:  # the command has closed its side
        return False


main()
