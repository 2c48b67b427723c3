"""hypoco in Python: result files as pictures and pages."""
