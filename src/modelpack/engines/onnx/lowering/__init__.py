"""One function per operation: from values in the graph to the value that the operation makes of them.

The reference interpreter (native/engine/src/reference) defines what each has to answer, to the bit.
"""
