"""What every other folder uses and that knows no network: errors, checks of arguments, memory, files, words."""
