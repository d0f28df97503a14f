"""Functions that add one well-formed piece to a stack and return a handle to it; one file for each AWS concern."""
