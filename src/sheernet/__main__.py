"""The program `sheernet`, also as python -m sheernet.

Python turns Ctrl-C into an exception, of which an import makes a traceback or, in the classes of `enum`, another error.
So until `entry_point` has installed its handlers, the signal ends the process at once and silently.  Nothing has begun
by then, and a shell reports the same exit code, 130.  `_signal` is loaded before Python runs any file; `signal` is not.
"""

import _signal  # type: ignore[import-not-found]


def main() -> None:
    """Run the command line of this process."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # not if it is ignored
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from sheernet.apps.cli import entry_point

    entry_point.main()


if __name__ == "__main__":
    main()
