"""Real machines without containers: an OpenSSH server in namespaces of its own.

Each has its own processes, terminals, host name, /run, /var/log, accounts and network; a veth pair leads to it,
or, for one behind a bastion, from the bastion to it. Nothing of the computer that runs the test is
changed but that pair's near end, which goes when the machine goes.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import struct
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from whotop.model import Target

NEEDED = ("sshd", "ssh", "ssh-keygen", "unshare", "nsenter", "ip", "mount")
WATCHER = "watcher"
PEOPLE = ("alice", "bob", "carol", "dave")
FIRST_UID = 64_000
START_SECONDS = 20.0
NETWORKS = 2**15
FOUND_ALSO = "/usr/sbin:/sbin:/usr/bin:/bin"

_SETUP = """
set -e
mount --make-rprivate /
mount --bind {folder}/run /run
mount --bind {folder}/log /var/log
mount --bind {folder}/home /home
for file in passwd shadow group hostname machine-id; do
    [ ! -e /etc/$file ] || mount --bind {folder}/etc/$file /etc/$file
done
mount --bind {folder}/boot_id /proc/sys/kernel/random/boot_id
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts /dev/pts
mount --bind /dev/pts/ptmx /dev/ptmx
mkdir -p /run/sshd /run/lock
hostname {name}
ip link set lo up
touch {folder}/ready
while :; do sleep 86400 & wait; done
"""

_SSHD_CONFIG = """
Port 22
HostKey {folder}/host_key
AuthorizedKeysFile {key}.pub
StrictModes no
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
UseDNS no
PidFile /run/sshd.pid
AllowTcpForwarding yes
MaxStartups 100:30:200
Subsystem sftp internal-sftp
"""


def missing() -> str:
    """Why there can be no rig here; empty when there can."""
    if os.geteuid() != 0:
        return "real machines need root"
    absent = [name for name in NEEDED if tool(name, required=False) is None]
    if absent:
        return f"real machines need {', '.join(absent)}"
    trial = subprocess.run(
        ["unshare", "--mount", "--uts", "--pid", "--net", "--fork", "ip", "link", "add", "trial0", "type", "veth"],
        check=False,
        capture_output=True,
        text=True,
    )
    return f"no namespaces: {trial.stderr.strip()}" if trial.returncode else ""


def tool(name: str, *, required: bool = True) -> str | None:
    """Where a program of the system is; sshd wants to be called by its whole path."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{FOUND_ALSO}")
    if found is None and required:
        raise FileNotFoundError(name)
    return found


class RigLogin:
    """One person's ``ssh -tt``, until ``logout``."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def type(self, line: str) -> None:
        """Type a line into the shell."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def logout(self, seconds: float = 10.0) -> None:
        """End the session as a person does, and wait until it is over."""
        self.type("exit")
        self.process.wait(seconds)
        self.close()

    def close(self) -> None:
        """End the client, whatever it does."""
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):  # what was typed to somebody who had gone
                self.process.stdin.close()


class RigMachine:
    """One machine. ``start`` it, log in to it, cut its link, kill its sshd, ``stop`` it."""

    port = 22

    def __init__(self, name: str, folder: Path, key: Path, behind: RigMachine | None = None) -> None:
        self.name, self.folder, self.key, self.behind = name, folder, key, behind
        self.near_address = self.address = self.interface = ""
        self._namespace: subprocess.Popen[bytes] | None = None
        self._init_pid = 0
        self._logins: list[RigLogin] = []

    # --- its life --------------------------------------------------------------------------------

    def start(self) -> None:
        """Boot it: make its files and namespaces, connect it, start its sshd."""
        self._make_files()
        script = _SETUP.format(folder=shlex.quote(str(self.folder)), name=self.name)
        flags = ["--mount", "--uts", "--ipc", "--pid", "--net", "--fork", "--mount-proc", "--kill-child"]
        self._namespace = subprocess.Popen(
            ["unshare", *flags, "sh", "-c", script], stdin=subprocess.DEVNULL, start_new_session=True
        )
        until(lambda: (self.folder / "ready").exists(), f"{self.name} does not boot")
        children = Path(f"/proc/{self._namespace.pid}/task/{self._namespace.pid}/children").read_text().split()
        self._init_pid = int(children[0])
        self._connect()
        self.start_sshd()

    def start_sshd(self) -> None:
        """Start its SSH server and wait until it answers."""
        self.detached([str(tool("sshd")), "-D", "-f", f"{self.folder}/sshd_config", "-E", f"{self.folder}/sshd.log"])
        until(lambda: "22" in self.run("ss -Hltn 'sport = :22'"), f"{self.name}: sshd does not start")

    def switch_off(self) -> None:
        """End all that runs on it, without waiting."""
        for login in self._logins:
            login.close()
        if self._namespace is not None and self._namespace.poll() is None:
            os.kill(self._namespace.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Switch it off; nothing of it stays but its folder."""
        self.switch_off()
        if self._namespace is not None:
            self._namespace.wait()
            until(lambda: _has_ended(self._init_pid), f"{self.name} does not stop")
            self._namespace = None

    def kill_sshd(self) -> None:
        """Kill its sshd and all sessions, as a crash would; ``start_sshd`` brings it back."""
        self.run("kill -9 -1", check=False)

    def restart_sshd(self) -> None:
        """Have a new sshd listen; who is there stays, as with systemd's unit (KillMode=process)."""
        self.run("kill $(cat /run/sshd.pid)")
        until(lambda: "22" not in self.run("ss -Hltn 'sport = :22'"), f"{self.name}: sshd does not end")
        self.start_sshd()

    def kill_probe(self) -> None:
        """Kill whotop's probe, if one runs."""
        self.run(f"pkill -9 -u {WATCHER} -f '^[^ ]*python3 -I'", check=False)

    def reboot(self) -> None:
        """Everything ends without a logout record; a new boot id, a boot record, and sshd again."""
        self.kill_sshd()
        (self.folder / "boot_id").write_text(f"{uuid.uuid4()}\n")
        (self.folder / "run" / "utmp").write_bytes(boot_record(time.time()))
        with (self.folder / "log" / "wtmp").open("ab") as wtmp:
            wtmp.write(boot_record(time.time()))
        self.start_sshd()

    def cut(self) -> None:
        """Cut its link: no packet comes or goes, and nobody is told."""
        self.run("ip link set eth0 down")

    def mend(self) -> None:
        """Mend its link."""
        self.run("ip link set eth0 up")

    # --- using it --------------------------------------------------------------------------------

    def run(self, command: str, *, check: bool = True) -> str:
        """Run a shell command on it as root, and give its output."""
        done = subprocess.run(
            [*self._enter(), "sh", "-c", command], check=False, capture_output=True, text=True, timeout=30
        )
        if check and done.returncode:
            raise AssertionError(f"{self.name}: {command}: {done.stderr.strip()}")
        return done.stdout

    def login(self, user: str = "alice", command: Sequence[str] = ()) -> RigLogin:
        """A person who logs in with a terminal, by OpenSSH's own client."""
        return self._login(["ssh", "-tt", *self.ssh_options(), f"{user}@{self.address}", *command])

    def until_left(self, *users: str) -> None:
        """Wait until sshd has ended all their sessions: it writes of a logout when the client may have gone."""
        processes = rf"^sshd[^:]*: ({'|'.join(users)}) \[priv\]"
        until(
            lambda: not self.run(f"pgrep -f {shlex.quote(processes)}", check=False),
            f"{self.name}: sessions of {', '.join(users)} stay",
        )

    def login_from_within(self, user: str) -> RigLogin:
        """The same from the machine itself, which a link that is cut does not concern.

        Its process is none of the machine's, which would not end before somebody has reaped it.
        """
        enter = [word for word in self._enter() if word != "--pid"]
        return self._login([*enter, "ssh", "-tt", *self.ssh_options(), f"{user}@127.0.0.1"])

    def _login(self, command: list[str]) -> RigLogin:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        login = RigLogin(process)
        self._logins.append(login)
        return login

    def ssh_options(self) -> list[str]:
        """For OpenSSH's client: this key, no questions, nothing read from the user's own files."""
        options = [f"IdentityFile={self.key}", "IdentitiesOnly=yes", "StrictHostKeyChecking=no"]
        options += ["UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"]
        if self.behind is not None:
            there = shlex.join(["ssh", *self.behind.ssh_options(), "-W", "%h:%p", f"{WATCHER}@{self.behind.address}"])
            options.append(f"ProxyCommand={there}")
        return ["-F", "/dev/null", *(word for option in options for word in ("-o", option))]

    def target(self, name: str = "", interval_seconds: float = 1.0) -> Target:
        """How whotop reaches it."""
        return Target(
            name=name or self.name,
            host=self.address,
            user=WATCHER,
            identity_files=(str(self.key),),
            interval_seconds=interval_seconds,
            jump=f"{WATCHER}@{self.behind.address}" if self.behind is not None else "",
        )

    def known_hosts_line(self) -> str:
        """Its entry in a known_hosts file."""
        return f"{self.address} {(self.folder / 'host_key.pub').read_text()}"

    # --- how it is made --------------------------------------------------------------------------

    def _make_files(self) -> None:
        for part in ("run", "log", "etc", "home"):
            (self.folder / part).mkdir(parents=True)
        self.folder.chmod(0o755)
        for path, mode in (("run/utmp", 0o664), ("log/wtmp", 0o664), ("log/btmp", 0o660), ("log/lastlog", 0o664)):
            file = self.folder / path
            file.touch()
            file.chmod(mode)
            shutil.chown(file, "root", "utmp")
        (self.folder / "boot_id").write_text(f"{uuid.uuid4()}\n")
        for path in ("run/utmp", "log/wtmp"):
            (self.folder / path).write_bytes(boot_record(time.time()))
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / "host_key")], check=True)
        (self.folder / "sshd_config").write_text(_SSHD_CONFIG.format(folder=self.folder, key=self.key))
        self._make_accounts()

    def _make_accounts(self) -> None:
        etc = self.folder / "etc"
        (etc / "hostname").write_text(f"{self.name}\n")
        (etc / "machine-id").write_text(f"{uuid.uuid4().hex}\n")
        lines: dict[str, list[str]] = {"passwd": [], "shadow": [], "group": []}
        for uid, user in enumerate((WATCHER, *PEOPLE), FIRST_UID):
            lines["passwd"].append(f"{user}:x:{uid}:{uid}::/home/{user}:/bin/sh\n")
            lines["shadow"].append(f"{user}:*:19000:0:99999:7:::\n")
            lines["group"].append(f"{user}:x:{uid}:\n")
            (self.folder / "home" / user).mkdir()
            os.chown(self.folder / "home" / user, uid, uid)
        for file, added in lines.items():
            (etc / file).write_text(Path("/etc", file).read_text() + "".join(added))
        (etc / "shadow").chmod(0o640)
        shutil.chown(etc / "shadow", "root", "shadow")

    def _connect(self) -> None:
        """Lay the veth pair: its far end here, its near end on this computer or in the bastion."""
        while not self._takes_network(secrets.randbelow(NETWORKS)):
            pass
        near = f"ip addr add {self.near_address}/30 dev {self.interface} && ip link set {self.interface} up"
        if self.behind is None:
            subprocess.run(["sh", "-c", near], check=True)
        else:
            self.behind.run(near)
        self.run(f"ip addr add {self.address}/30 dev eth0 && ip link set eth0 up")

    def _takes_network(self, number: int) -> bool:
        """Whether it is the one that has this network: the near end is named for it, and a name is given once."""
        network = 0xC6120000 + number * 4  # a /30 of 198.18.0.0/15, which RFC 2544 sets aside for trials
        self.near_address, self.address = _dotted(network + 1), _dotted(network + 2)
        self.interface = f"wt{number:04x}"
        if not _link("add", self.interface, "type", "veth", "peer", "name", "eth0", "netns", str(self._init_pid)):
            return False
        if self.behind is None or _link("set", self.interface, "netns", str(self.behind._init_pid)):
            return True
        _link("delete", self.interface)
        return False

    def _enter(self) -> list[str]:
        return ["nsenter", "--target", str(self._init_pid), "--mount", "--uts", "--ipc", "--pid", "--net"]

    def detached(self, command: list[str]) -> None:
        """Start a program on it that stays."""
        words = shlex.join(command)
        self.run(f"setsid {words} </dev/null >/dev/null 2>&1 &")


def boot_record(seconds: float) -> bytes:
    """A BOOT_TIME record of wtmp in the 384-byte layout (utmp(5))."""
    whole, fraction = divmod(seconds, 1)
    values = (2, 0, b"~", b"~~", b"reboot", b"6.1.0-rig", 0, 0, 0, int(whole), int(fraction * 1_000_000))
    return struct.pack("<hxxi32s4s32s256shhiii", *values).ljust(384, b"\0")


def _has_ended(process: int) -> bool:
    """Whether it runs no longer. The computer's init may take a second to reap an orphan: a zombie has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def _link(*words: str) -> bool:
    """Whether a link could be made or moved so; not where one of that name is."""
    done = subprocess.run(["ip", "link", *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0 or "exists" in done.stderr, done.stderr
    return done.returncode == 0


def _dotted(address: int) -> str:
    return ".".join(str(part) for part in address.to_bytes(4, "big"))


def until(condition: object, complaint: str) -> None:
    """Wait for a fact of the system that announces itself by no event."""
    assert callable(condition)
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        time.sleep(0.02)


class Rig:
    """The machines of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "key"
        self.machines: list[RigMachine] = []
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)], check=True)

    def machine(self, name: str, *, behind: RigMachine | None = None) -> RigMachine:
        """A machine that runs; ``behind`` another it can be reached from there only."""
        machine = RigMachine(name, self.folder / name, self.key, behind)
        self.machines.append(machine)
        machine.start()
        return machine

    @property
    def known_hosts(self) -> Path:
        """A known_hosts file with all machines made so far."""
        path = self.folder / "known_hosts"
        path.write_text("".join(machine.known_hosts_line() for machine in self.machines))
        return path

    @property
    def ssh_config(self) -> Path:
        """An ssh_config that names that file, and nothing else."""
        path = self.folder / "ssh_config"
        path.write_text(f"UserKnownHostsFile {self.known_hosts}\nGlobalKnownHostsFile none\nIdentityAgent none\n")
        return path

    def stop(self) -> None:
        """Switch all machines off."""
        for machine in self.machines:
            machine.switch_off()
        for machine in self.machines:
            machine.stop()


@contextmanager
def running_rig(folder: Path) -> Iterator[Rig]:
    """A rig that leaves no process behind."""
    rig = Rig(folder)
    try:
        yield rig
    finally:
        rig.stop()
