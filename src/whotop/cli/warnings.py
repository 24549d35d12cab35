"""What is worth a line before anything begins, and stops nothing."""

from __future__ import annotations

import sys

from whotop.cli.prepare import Prepared
from whotop.config.exposed_files import exposed_files

NAMED = 3


def mend_of_keys(prepared: Prepared) -> str:
    """The line that mends host keys that are not known."""
    named = f" -c {prepared.file}" if prepared.chosen.config is not None else ""
    return f"host keys that are not known yet are looked at and recorded by: whotop check{named} --accept-new"


def warn_of_mail_without_server(prepared: Prepared) -> None:
    """Say in one line on standard error that machines have a mail address, and nobody sends them mail."""
    addresses = {target.mail for target in prepared.targets if target.mail}
    if addresses and not prepared.settings.notify.smtp.host:
        more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
        print(
            f"whotop: nothing is mailed to {min(addresses)}{more}: no mail server is named in [notify.smtp]",
            file=sys.stderr,
        )


def warn_of_exposed_files(prepared: Prepared) -> None:
    """Say in one line on standard error which files with secrets others can read."""
    files = [str(file) for file in exposed_files(prepared.settings, prepared.file, prepared.targets)]
    if files:
        more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
        print(f"whotop: others can read the secret in {', '.join(files[:NAMED])}{more} (chmod go= it)", file=sys.stderr)
