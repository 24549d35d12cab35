"""Says so, in one line, when the machine's Python is too old."""

import sys

if sys.version_info < (3, 6):
    sys.stderr.write("Python %d.%d is too old: the probe needs 3.6\n" % sys.version_info[:2])
    sys.exit(126)
