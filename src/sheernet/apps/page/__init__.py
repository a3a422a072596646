"""The page: a local web page that trains a network and shows every number."""
