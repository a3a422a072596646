"""The settings of a fit: names, default values, help texts and checks of every argument, each in one place.

    option.py            a field of a settings class: default value, help text, how it is typed at a command line
    read_settings.py     how a file is read
    table_settings.py    what the columns and rows of a table are for
    network_settings.py  the network and its cost
    start_settings.py    initial weights
    stopping_rules.py    when an optimizer stops
    training_settings.py the optimizer, and the effort of `sheernet.fit`

Python's signatures take their default values from these classes and stay explicit; the command line makes its options
from them.  Nothing here imports NumPy, so help texts and completions appear at once.
"""
