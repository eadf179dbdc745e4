"""The folder of our own: atomic writes, blobs, the lock."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from callboard.io.store import LockWait, Store, file_lock, write_atomically
from callboard.model.errors import LockedError
from callboard.state.blobs import write_blob

HOLD = (
    "import sys\nfrom pathlib import Path\nfrom callboard.io.store import Store\n"
    "with Store(Path(sys.argv[1])).lock():\n    print('held', flush=True)\n    sys.stdin.read()\n"
)


def holder(folder):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_content_is_kept_under_its_digest(tmp_path):
    store = Store.beside(tmp_path)
    digest = write_blob(store, b"openapi: 3.1.0")
    assert store.blob(digest) == b"openapi: 3.1.0"
    assert write_blob(store, b"openapi: 3.1.0") == digest
    assert digest == "".join(p.name for p in (tmp_path / ".callboard/blobs").rglob("*") if p.is_file())


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "/" * 64, "." * 64])
def test_an_unknown_or_odd_digest_has_no_content(tmp_path, digest):
    assert Store.beside(tmp_path).blob(digest) is None


def test_a_damaged_blob_is_not_given_out(tmp_path):
    store = Store.beside(tmp_path)
    digest = write_blob(store, b"good")
    next(store.blobs.rglob(digest)).write_bytes(b"bad")
    assert store.blob(digest) is None


def test_the_folder_keeps_itself_out_of_git(tmp_path):
    Store.beside(tmp_path).make()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert subprocess.run(["git", "-C", str(tmp_path), "status", "--short"], check=True, capture_output=True).stdout == b""


def test_an_own_gitignore_stays(tmp_path):
    store = Store.beside(tmp_path)
    store.make()
    (store.folder / ".gitignore").write_text("cache/\n")
    store.make()
    assert (store.folder / ".gitignore").read_text() == "cache/\n"


def test_a_second_build_is_refused_and_told_who_is_first(tmp_path):
    first = holder(tmp_path)
    try:
        with pytest.raises(LockedError, match=rf"another run of `callboard build` \(process {first.pid}\)"), Store(tmp_path).lock():
            pass
    finally:
        first.communicate(b"")
    with Store(tmp_path).lock():
        pass


def test_a_build_waits_for_a_preview_and_names_it_once(tmp_path):
    announced, begun = [], threading.Event()

    def preview():
        with Store(tmp_path).lock(command="serve"):
            begun.set()
            time.sleep(0.3)

    thread = threading.Thread(target=preview)
    thread.start()
    begun.wait()
    with pytest.raises(LockedError, match="the preview's background build") as caught, Store(tmp_path).lock():
        pass
    assert "stop `callboard serve`" in caught.value.hint
    with Store(tmp_path).lock(LockWait(20, announced.append)):
        assert announced == [f"the preview's background build (process {os.getpid()}) is using {tmp_path}; waiting for up to 20 s."]
    thread.join()


def test_a_build_that_was_killed_leaves_no_lock_behind(tmp_path):
    first = holder(tmp_path)
    first.kill()
    first.communicate()
    assert (tmp_path / "lock").exists()
    with Store(tmp_path).lock():
        pass


def test_threads_wait_for_one_another(tmp_path):
    order = []

    def second():
        with file_lock(tmp_path / "lock", wait=True):
            order.append("second")

    with file_lock(tmp_path / "lock", wait=True):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_write_replaces_the_whole_file_with_usual_permissions(tmp_path):
    file = tmp_path / "a" / "b.json"
    write_atomically(file, b"old")
    write_atomically(file, b"new")
    mask = os.umask(0)
    os.umask(mask)
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o666 & ~mask
    assert [p.name for p in file.parent.iterdir()] == ["b.json"]


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    file = tmp_path / "b.json"
    write_atomically(file, b"old")
    with pytest.raises(TypeError):
        write_atomically(file, "a text, no bytes")
    assert file.read_bytes() == b"old"
    assert [p.name for p in Path(tmp_path).iterdir()] == ["b.json"]
