"""The settings of a fit: name, default value, help text and check of each argument.

    option.py              fields of the settings classes, with the information for a command line
    read_settings.py       how a file is read
    table_settings.py      roles of columns, missing values, scaling, and rows for evaluation
    test_file_settings.py  which part of its file the test rows are
    network_settings.py    the network and its cost
    start_settings.py      initial weights
    stopping_rules.py      when an optimizer stops
    training_settings.py   the optimizer, and the effort of `sheernet.fit`
    selection_settings.py  the sizes and decays that `select` tries
    shard_settings.py      where rows that do not fit in memory are kept
    fit_settings.py        all settings of a fit in one object

Python's signatures take their default values from these classes, and the command line makes its options from them.
Nothing here imports NumPy, so that help texts and completions appear immediately.
"""
