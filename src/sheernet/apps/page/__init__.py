"""The page (`sheernet page`): a local web page that trains a network and shows every number.

Messages and settings
    protocol.py          every message between the server and the view
    page_exercise.py     the settings of an experiment, saved as a file or encoded in an address
    controls.py          the controls, from the registries of the package
    page_presets.py      the experiments of the lessons
    page_state.py        the message with everything that depends on the settings
Data
    built_in_tables.py   the built-in data sets
    page_table.py        the table of an exercise; files as tables
    page_files.py        the file given to the command
    row_shares.py        the training, validation and test rows
    exercise_limits.py   the limits of settings that need no table
    experiment.py        an exercise with its rows, network and objective
A run
    run_plan.py          the calls of `sheernet.train` of an experiment
    live_run.py          a run in a thread that can be paused
    curves.py            the rows of a run for its curves, thinned
    session.py           one page: experiment, run, commands
The numbers of a frame
    page_frames.py       the state of a run at one iteration, and its frame
    page_surface.py      predictions over one or two inputs
    page_figures.py      measures of the predictions
    page_passes.py       the forward and backward pass of one row
Downloads
    page_models.py       the network of the page as a model
    downloads.py         the files that can be downloaded
The server
    page_server.py       requests, and the check of their token
    event_stream.py      the stream of states and frames
    notebook_page.py     a page that a notebook shows in a cell, served by its kernel
    view/                the page itself: HTML, CSS, JavaScript
"""
