"""``whotop serve``: the HTTP API and the page of usage."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions, config_options, interval_seconds
from whotop.errors import UsageError

if TYPE_CHECKING:
    from whotop.cli.prepare import Prepared
    from whotop.monitor.opening import WatchSettings

NEEDED = ("starlette", "uvicorn", "bokeh", "prometheus_client")


@click.command()
@click.argument("machines", nargs=-1, metavar="[MACHINE]...")
@click.option("--collect", is_flag=True, help="Poll the machines as well, as `watch` does.")
@click.option("--address", metavar="ADDRESS", help="Listen here. [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="PORT", help="Listen here; 0: any that is free. [default: 8421]"
)
@click.option(
    "-n", "--interval", callback=interval_seconds, metavar="TIME", help="With --collect: how often machines are asked."
)
@click.option("--store", metavar="FILE", help="The store, instead of the usual place.")
@config_options
def serve(
    machines: tuple[str, ...], collect: bool, address: str | None, port: int | None, chosen: ConfigOptions
) -> int:
    """Serve the HTTP API and the page of usage.

    It answers from the store, and follows whoever polls: `whotop collect`, or a screen. With
    --collect it polls as well, the MACHINEs as for watch. It only reads, and listens on loopback;
    any other address needs a token, which [web] names the place of. See api.md.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"serve needs {', '.join(missing)}: pip install 'whotop[web]'")
    if machines and not collect:
        raise UsageError("serve answers for the whole store: MACHINEs are for --collect")
    from whotop.cli.log import start_log
    from whotop.cli.precheck import store_place
    from whotop.cli.prepare import prepare
    from whotop.cli.run_server import run_server, serve_settings
    from whotop.cli.warnings import warn_of_exposed_files

    prepared = prepare(machines, chosen)
    start_log(prepared.settings, chosen)
    warn_of_exposed_files(prepared)
    settings = serve_settings(prepared, address, port)
    return run_server(prepared, settings, store_place(prepared), _polling(prepared) if collect else None)


def _polling(prepared: Prepared) -> WatchSettings:
    """All that it takes to poll; what cannot be used is found now."""
    from whotop.cli.live import watch_settings
    from whotop.cli.precheck import check_keys_and_passwords, store_place
    from whotop.cli.secrets import ask_secrets
    from whotop.collect.open_files import raise_open_file_limit

    check_keys_and_passwords(prepared)
    if warning := raise_open_file_limit(len(prepared.targets)):
        click.echo(f"whotop: {warning}", err=True)
    return watch_settings(prepared, ask_secrets(prepared), store_place(prepared))
