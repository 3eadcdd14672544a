"""Ends this process when the one that started it is gone: its end of our standard input closes then."""
import os
import signal
import sys
import threading


def end_with_parent():
    def watch():
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
