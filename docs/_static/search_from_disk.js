// Sphinx's search loads each page that it found to quote from it, which browsers forbid for pages opened from disk.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
