"""MATLAB files.

stored_arrays  shapes and texts in files of every version
mat4_format    decoding the variables in a file of version 4
mat_format     decoding the variables in a file
matlab_reader  reading a file as a table
"""
