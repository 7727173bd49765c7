"""A copy of the source tree with a build tree of its own, in which mutants do no harm."""

import filecmp
import os
import shutil
import subprocess
from pathlib import Path

from harness import cluster, paths
from mutants.mutant import Mutant

TREE = paths.BUILD / "mutants"


class BuildError(RuntimeError):
    """A mutant that does not compile proves nothing."""


class Workshop:
    def __init__(self):
        self._build = TREE / "build" / "dev"
        self._environment = {**os.environ, "CCACHE_BASEDIR": str(TREE), "CCACHE_NOHASHDIR": "1",
                             "FSFT_TEST_CLUSTER": str(self._build / "test-cluster" / "url")}

    def __enter__(self):
        self._copy()
        self._run("cmake", "--preset", "dev", f"-DFSFT_HTTPLIB_DIR={paths.BUILD / 'httplib'}")
        cluster.start_detached(self._build / "test-cluster")
        return self

    def __exit__(self, *_):
        cluster.stop_detached(self._build / "test-cluster")

    def build(self, *programs: str):
        self._run("cmake", "--build", self._build, "--target", *programs)

    def passes(self, program: str, test: str) -> bool:
        """Runs one test. A name that no test has is an error."""
        done = subprocess.run([self._build / "tests" / program, f"--gtest_filter={test}"],
                              env=self._environment, capture_output=True, text=True, check=False,
                              timeout=120)
        if "Running 1 test from" not in done.stdout and "Running 0 tests" in done.stdout:
            raise LookupError(f"{program} has no test {test}")
        return done.returncode == 0

    def notices(self, mutant: Mutant) -> bool:
        """Does the mutant's test fail with the mutant?"""
        before = mutant.apply(TREE)
        try:
            self.build(mutant.program)
            return not self.passes(mutant.program, mutant.test)
        finally:
            mutant.undo(TREE, before)

    def _copy(self):
        """Files that have not changed keep their times, so that little is built again."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard",
             "--deduplicate"], cwd=paths.ROOT, check=True, capture_output=True, text=True).stdout
        wanted = {name for name in listed.split("\0") if name and (paths.ROOT / name).is_file()}
        for stale in [path for path in _files(TREE) if str(path.relative_to(TREE)) not in wanted]:
            stale.unlink()
        for name in wanted:
            source, copy = paths.ROOT / name, TREE / name
            if not copy.exists() or not filecmp.cmp(source, copy, shallow=False):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
                shutil.copymode(source, copy)

    def _run(self, *command):
        done = subprocess.run([str(part) for part in command], cwd=TREE, env=self._environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode != 0:
            raise BuildError(done.stdout[-4000:])


def _files(tree: Path) -> list:
    """All files but those of the build tree."""
    return [path for path in tree.rglob("*")
            if path.is_file() and path.relative_to(tree).parts[0] != "build"]
