"""The command line: each command parses its options, calls the library once, and prints the result.

    entry_point.py        the program `sheernet`                app.py             all commands in one application
    running.py            from arguments to an exit code        output.py          text, notes, or one JSON document
    check_command.py, compare_command.py, demo_command.py, effects_command.py, fit_command.py, grade_command.py,
    importance_command.py, info_command.py, lesson_command.py, optimize_command.py, page_command.py, predict_command.py,
    profile_command.py, report_command.py, select_command.py, summary_command.py: one command each
    fit_files.py          fit of several files              predict_parts.py   predict of several files
    fit_results.py        files in the folder of a fit      explanations.py    explanations of predictions
    table_output.py       files of predicted tables         command_clock.py   the time limit of a command
    lesson_text.py        a cell of a lesson in a terminal
    settings_options.py   options made from settings classes    shared_options.py  other options of several commands
    option_names.py       settings in messages as options       completion.py      completion of values in a shell
    library_arguments.py  from options to arguments of the library
    values.py             options that hold several values      own_functions.py   functions of users, by name
    named_values.py       NAME=VALUE, NAME=LOW..HIGH, NAME=A/B
    folders.py            folders for results                   pictures.py        pictures as files
    facts.py              a model as plain data                 quiet_work.py      notices, not repeated as warnings
    refusals.py           errors as one sentence with an exit code
    streams.py            writing completely, without control characters
    usage.py              the message about wrong usage

Exit codes: 0 success or check passed, 1 check failed or answer wrong, 2 bad input, 3 check inconclusive, 70 a defect of
sheernet, 130 interrupted by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP (results so far are kept).  Results go to standard
output; progress, notes and errors to standard error.  With --json, standard output holds exactly one JSON document,
whatever happens.
"""

from sheernet.apps.cli.entry_point import main, run

__all__ = ["main", "run"]
