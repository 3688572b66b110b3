"""A Dask cluster as an executor: ``--engine dask://HOST:PORT``.

Chunks travel as bytes and are worked on in processes of their own (`dlsolve.batch.shelter`), so the
scheduler only passes them on. A worker that is killed has its chunks done again by another; where the
scheduler goes, or every worker, what is finished stays and the batch ends with one clear line.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import re
import socket
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import contextmanager
from typing import Any, TypeVar

import dlsolve
from dlsolve.batch.shelter import MisfitError, dismiss, sheltered
from dlsolve.batch.workers import KILLED, WorkerLostError
from dlsolve.errors import InputError
from dlsolve.fields.found import found

T = TypeVar("T")

SCHEME, PORT = "dask://", 8786
CONNECT = 5.0
"""Seconds that a scheduler has to answer."""
ARRIVE = 30.0
"""Seconds in which a worker must be there, at the start and whenever all are gone."""
WATCH = 1.0
"""Seconds between looks at the cluster."""
QUIET = ("distributed", "distributed.client", "distributed.core", "tornado.application", "asyncio")


@contextmanager
def cluster(engine: str) -> Iterator[Cluster]:
    """The executor of ``dask://HOST:PORT``. Raises `InputError` where it cannot be used."""
    address = _address(engine)
    try:
        import dask
        import distributed
    except ImportError as fault:
        raise InputError("--engine", "needs Dask, which is not installed here",
                         remedy="pip install 'dlsolve[dask]', or leave --engine out") from fault  # fmt: skip
    for name in QUIET:
        # what it has to say of lost connections, dlsolve says in a line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings = {"distributed.admin.large-graph-warning-threshold": "1 GB"}
    _answers(address, engine)
    with dask.config.set(settings), warnings.catch_warnings():
        # versions are compared below; other warnings of the library are none of the user's business
        warnings.simplefilter("ignore")
        client = _client(distributed, address, engine)
        try:
            _check(client, engine)
            with Cluster(client, engine) as executor:
                yield executor
        finally:
            with contextlib.suppress(Exception):
                client.close(timeout=CONNECT)


def _address(engine: str) -> str:
    """Where the scheduler is, in Dask's words. Raises `InputError`."""
    match = re.fullmatch(rf"{SCHEME}(tls://|tcp://)?([\w.-]+|\[[0-9a-fA-F:.]+\])(?::(\d{{1,5}}))?/?", engine.strip())
    if match is None or int(match[3] or PORT) > 65_535:
        raise InputError("--engine", "not an engine", found=found(engine),
                         remedy=f"write {SCHEME}HOST:{PORT}, or leave it out: processes on this machine")  # fmt: skip
    return f"{match[1] or 'tcp://'}{match[2]}:{match[3] or PORT}"


def _answers(address: str, engine: str) -> None:
    """Whether anything listens there: Dask itself would go on asking. Raises `InputError`."""
    host, _, port = address.partition("://")[2].rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT).close()
    except OSError as fault:
        reason = (fault.strerror or "no answer").lower()
        raise _silent(engine, f"cannot be reached ({reason})") from fault


def _client(distributed: Any, address: str, engine: str) -> Any:
    """A client that is connected. Raises `InputError`."""
    # one that could not connect says so at length when it is thrown away
    quiet = type("Client", (distributed.Client,), {"__del__": lambda _: None})
    found: list[Any] = []

    def connect() -> None:
        try:
            found.append(quiet(address, timeout=CONNECT, set_as_default=False, name="dlsolve"))
        except Exception as fault:
            found.append(fault)

    # what listens there and is no scheduler may never answer, whatever Dask's own clock says
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(2 * CONNECT)
    if not found or isinstance(found[0], TimeoutError):
        raise _silent(engine, f"no Dask scheduler answered within {CONNECT:g} seconds")
    if isinstance(found[0], Exception):
        remedy = f"install distributed {distributed.__version__} there, or its version here"
        raise InputError(f"--engine {engine}", "no Dask scheduler that this one can talk to", remedy=remedy)
    return found[0]


def _silent(engine: str, says: str) -> InputError:
    return InputError(f"--engine {engine}", says, remedy="check host and port, or start one with `dask scheduler`")


def _check(client: Any, engine: str) -> None:
    """Refuse a cluster without workers, or with another dlsolve. Raises `InputError`."""
    import pkgutil

    try:
        client.wait_for_workers(1, timeout=ARRIVE)
        # functions of Python's own: a worker that lacks dlsolve can still say so
        asked = (pkgutil.resolve_name, "dlsolve:__version__")
        there = {f"its worker {name}": said for name, said in client.run(*asked, on_error="return").items()}
    except TimeoutError as fault:
        remedy = f"start some with `dask worker {_address(engine)}`"
        raise InputError(f"--engine {engine}", f"no worker came within {ARRIVE:g} seconds", remedy=remedy) from fault
    except (OSError, ValueError) as fault:
        raise _gone(engine) from fault
    with contextlib.suppress(AttributeError, OSError):
        there["its scheduler"] = _or_error(client, asked)
    for name, said in there.items():
        if said != dlsolve.__version__:
            raise _misfit(engine, name, None if isinstance(said, Exception) else str(said))


def _or_error(client: Any, asked: tuple[Callable[..., Any], str]) -> object:
    try:
        return client.run_on_scheduler(*asked)
    except ImportError as fault:
        return fault


def _misfit(engine: str, who: str, version: str | None) -> InputError:
    has = f"has dlsolve {version}, not {dlsolve.__version__}" if version else "has no dlsolve that it can import"
    return InputError(f"--engine {engine}", f"{who} {has}",
                      remedy=f"install dlsolve {dlsolve.__version__} on the whole cluster")  # fmt: skip


def _gone(engine: str) -> InputError:
    return InputError(
        f"--engine {engine}", "the scheduler is gone", remedy="what is finished stays; --resume continues"
    )


class Cluster(Executor):
    """Runs functions on a Dask cluster. Its futures fail with `WorkerLostError` where the function took its
    process down, and with `InputError` where the cluster cannot go on."""

    def __init__(self, client: Any, engine: str) -> None:
        self._client = client
        self._engine = engine
        self._run = uuid.uuid4().hex
        # not "pure": a chunk that is sent again is to be done again
        self._inner = client.get_executor(pure=False)
        self._open: set[Future[Any]] = set()
        self._over = threading.Event()
        self._threads = sum(client.nthreads().values()) or 1
        threading.Thread(target=self._watch, daemon=True).start()

    def width(self) -> int:
        """How many chunks can be worked on at once; grows and shrinks with the cluster."""
        return max(1, self._threads)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """`fn` in a process somewhere in the cluster; its attribute `room`, if any, is the seconds it may take."""
        import cloudpickle  # comes with Dask; sends what stands in a script as well

        payload = cloudpickle.dumps((fn, args))
        outer: Future[T] = Future()
        if self._client.status != "running":
            outer.set_exception(_gone(self._engine))
            return outer
        inner = self._inner.submit(sheltered, self._run, dlsolve.__version__, payload, getattr(fn, "room", None))
        self._open.add(outer)

        def finished(future: Future[bytes]) -> None:
            with contextlib.suppress(InvalidStateError):  # it was given up meanwhile
                try:
                    fine, value = pickle.loads(future.result())
                except (Exception, CancelledError) as fault:
                    outer.set_exception(self._meaning(fault))
                else:
                    outer.set_result(value) if fine else outer.set_exception(value)

        def settled(future: Future[T]) -> None:
            self._open.discard(future)
            if future.cancelled():
                inner.cancel()

        outer.add_done_callback(settled)
        inner.add_done_callback(finished)
        return outer

    def _meaning(self, fault: BaseException) -> BaseException:
        from distributed.scheduler import KilledWorker

        if isinstance(fault, KilledWorker):
            return WorkerLostError(KILLED)
        if isinstance(fault, CancelledError):
            return _gone(self._engine)
        if isinstance(fault, MisfitError):
            return _misfit(self._engine, "a worker", str(fault))
        if isinstance(fault, ImportError) or isinstance(fault.__cause__, ImportError):
            return _misfit(self._engine, "a worker", None)
        return fault

    def _watch(self) -> None:
        """Give up what is open where nobody is left to do it."""
        seen = time.monotonic()
        while not self._over.wait(WATCH):
            fault: InputError | None = None
            if self._client.status != "running":
                fault = _gone(self._engine)
            else:
                with contextlib.suppress(Exception):
                    self._threads = sum(self._client.nthreads().values())
                if self._threads:
                    seen = time.monotonic()
                elif time.monotonic() - seen > ARRIVE:
                    remedy = "what is finished stays; --resume continues when there are workers"
                    says = f"all workers are gone, for {ARRIVE:g} seconds"
                    fault = InputError(f"--engine {self._engine}", says, remedy=remedy)
            for future in list(self._open) if fault else ():
                with contextlib.suppress(InvalidStateError):
                    future.set_exception(fault)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster as it was found."""
        self._over.set()
        for future in list(self._open):
            future.cancel()
        if self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.run(dismiss, self._run, on_error="ignore")
