"""The screen: Textual lives here alone.

Textual gathers what has changed and paints it 60 times a second at most, so a key pressed just after
a paint waits 17 ms for the next one. whotop's tables are redrawn ten times a second by themselves;
what comes beside that are keys, and they are painted within 4 ms. Textual reads its limit from the
environment, once, when it is first imported.
"""

from __future__ import annotations

import os

os.environ.setdefault("TEXTUAL_FPS", "250")
