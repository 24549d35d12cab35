"""Series of logins in files of any size: which sources logged in more than once within one window.

DuckDB computes, out of core and within a memory limit; the whole of its SQL is in ``statements``.
"""

from whotop.analyse.login_windows.answering import answer
from whotop.analyse.login_windows.question import Counts, Mode, OutputFormat, Question

__all__ = ["Counts", "Mode", "OutputFormat", "Question", "answer"]
