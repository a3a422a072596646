"""`NO_FORK`, a lock for work during which no other thread may fork, such as an import.

A child process has only the thread that forked.  What another thread has locked at this moment, such as a module that
it imports, stays locked in the child, which waits for it forever.  So a fork waits until this lock is free.
"""

from __future__ import annotations

import os
import threading

NO_FORK = threading.RLock()

if hasattr(os, "register_at_fork"):
    release = NO_FORK.release
    os.register_at_fork(before=NO_FORK.acquire, after_in_parent=release, after_in_child=release)
