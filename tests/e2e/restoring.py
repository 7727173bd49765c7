"""Backups of a suite's PostgreSQL and the way back, by the steps of "Restore from backup" in
k8s/README.md: what CloudNativePG does there, PostgreSQL's own programs do here.
"""

import subprocess

from harness import place, template, waiting
from harness.suite import PROGRAMS, Suite
from harness.template import SERVER_BIN
from manifests import limits
from manifests.render import K8S, find, render

# What the suite is started with; the rest is in the data, as each server has an archive of its own.
POSTGRES = {"archive_mode": "on"}
OURS = PROGRAMS[1:]  # without the sandbox


class Backups:
    """A full backup, and the log since."""

    def __init__(self, suite: Suite):
        self._suite = suite
        self._cluster = suite.cluster
        self._home = suite.cluster.directory
        for setting, value in _archived("archive").items():
            self._cluster.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        self._cluster.execute("SELECT pg_reload_conf()")

    def take(self):
        """A full backup. Without its part of the log, which the archive has."""
        _run(SERVER_BIN / "pg_basebackup", "--pgdata", self._home / "full", "--wal-method=none",
             "--checkpoint=fast", "--dbname", self._cluster.url("postgres", "postgres"))

    def moment(self) -> str:
        """Now, by the database's clock."""
        return self._cluster.query("SELECT CAST(clock_timestamp() AS text)")[0][0]

    def finish(self):
        """Everything that was committed is in the archive."""
        [(last,)] = self._cluster.query("SELECT pg_walfile_name(pg_switch_wal())")
        waiting.until(lambda: self._cluster.query(
            "SELECT FROM pg_stat_archiver WHERE last_archived_wal >= %s", last), seconds=60,
            what="the log to be archived")

    def restore(self, moment: str):
        """The server is lost, and another one is made of the backups as they were at the moment."""
        self._suite.kill("postgres")
        data = self._home / "data"
        _run("mv", data, self._home / "lost")
        _run("mv", self._home / "full", data)
        settings = {"restore_command": "cp ../archive/%f %p", "recovery_target_time": moment,
                    "recovery_target_action": "promote", **_archived("archive-2")}
        _run("tee", "--append", data / "postgresql.auto.conf",
             input="".join(f"{name} = '{value}'\n" for name, value in settings.items()))
        _run("touch", data / "recovery.signal")
        self._suite.revive("postgres")
        waiting.until(lambda: self._cluster.query("SELECT pg_is_in_recovery()") == [(False,)],
                      seconds=60, what="PostgreSQL to have come to the moment")
        # Today's passwords and schema, whatever the backup had.
        template.migrate(self._cluster)


def _archived(name: str) -> dict:
    """A segment that is cut short must not pass for a whole one."""
    here = f"../{name}/%f"
    return {"archive_command": f"mkdir -p ../{name} && cp %p {here}.part && mv {here}.part {here}"}


def _run(*command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.STDOUT, text=True, **place.server_user(), **options)
    assert done.returncode == 0, done.stdout


def overlay_settings() -> dict:
    """(program, FSFT_ name) -> value, of what production has while it is restored, and else not."""
    own, restored = (render(K8S / "overlays" / name) for name in ("production",
                                                                  "restore-production"))
    changed = {}
    for program in OURS:
        before, meanwhile = (limits.settings(objects, find(objects, "Deployment", program))
                             for objects in (own, restored))
        assert before.keys() <= meanwhile.keys(), "nothing is taken away"
        changed |= {(program, name): value for name, value in meanwhile.items()
                    if before.get(name) != value}
    return changed
