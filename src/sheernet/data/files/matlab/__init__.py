"""MATLAB files.

mat_format     decoding the variables in a file
matlab_reader  reading a file as a table
"""
