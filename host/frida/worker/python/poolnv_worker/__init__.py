"""
The worker for frida-core from the Python package index, on Linux and in Windows Python under Wine.

The protocol is one JSON document a line (host/frida/worker/worker-protocol.ts). The worker carries out requests one by
one, finishes the current one when its parent has ended, and exits once frida-core has cleaned up in every program. It
ignores Ctrl-C and hang-up always, and SIGTERM during a request, because exiting during an injection kills the program.
"""
