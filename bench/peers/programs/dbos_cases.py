"""Reminders as workflows of DBOS Transact: a timer and a step, in the two ways that its documents offer.

`sleep`: the workflow sleeps durably until the reminder is due, sends it in a step, and sleeps on: the same timer and
activity as a case of Dunlin's. `delay`: the workflow is enqueued with a delay, sends, and enqueues the next one: what
DBOS advises for long waits, because nothing stays in a process.

`open COUNT --at INSTANT` enqueues as a client does, `work` runs until it is told to stop, `copy COUNT` makes copies of
the one delayed workflow that is there. The environment says where: PGHOST, PGUSER, and see outbox.py.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import sqlalchemy
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, SetEnqueueOptions

from bench.peers.programs.outbox import Outbox
from bench.peers.reminder import account_name

DATABASE = "dbos"
URL = f"postgresql+psycopg://{os.environ.get('PGUSER', '')}@/{DATABASE}?host={os.environ.get('PGHOST', '')}"
_QUEUE = "reminders"
_NEXT_SECONDS = 30 * 86_400.0
_MOMENT_SECONDS = 0.001
"""A sleep of zero is no step to DBOS: a workflow that is recovered after its due instant must ask for more."""
_SENDERS = 16
_outbox: Outbox | None = None
_senders = ThreadPoolExecutor(_SENDERS)


@DBOS.step()
async def send(account: str) -> None:
    """Send one mail; DBOS runs a step at least once."""
    assert _outbox is not None, "the worker makes it before it starts DBOS"
    await asyncio.get_running_loop().run_in_executor(_senders, _outbox.send, account)


@DBOS.workflow()
async def sleep(account: str, due_at: float) -> None:
    """Wait in a durable sleep."""
    await DBOS.sleep_async(max(_MOMENT_SECONDS, due_at - time.time()))
    await send(account)
    await DBOS.sleep_async(_NEXT_SECONDS)


@DBOS.workflow()
async def delay(account: str, due_at: float) -> None:
    """Wait in the queue, outside of any process."""
    await send(account)
    with SetEnqueueOptions(delay_seconds=_NEXT_SECONDS):
        await DBOS.enqueue_workflow_async(_QUEUE, delay, account, due_at + _NEXT_SECONDS)


def open_accounts(way: str, count: int, due_at: float) -> None:
    """Enqueue that many workflows in one transaction."""
    client = DBOSClient(system_database_url=URL)
    engine = sqlalchemy.create_engine(URL)
    with engine.begin() as connection:
        for number in range(count):
            options: EnqueueOptions = {"workflow_name": way, "queue_name": _QUEUE, "workflow_id": account_name(number)}
            if way == "delay":
                options["delay_seconds"] = max(0.0, due_at - time.time())
            client.enqueue_in_transaction(connection, options, account_name(number), due_at)
    client.destroy()


def copy_accounts(count: int) -> None:
    """Copies of the delayed workflow that is there: enqueueing takes milliseconds each."""
    with psycopg.connect(f"dbname={DATABASE}", autocommit=True) as connection:
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'dbos' AND table_name = 'workflow_status'"
        )
        columns = [name for (name,) in found]
        names = ", ".join(columns)
        values = ", ".join("'copy-' || g" if name == "workflow_uuid" else f"t.{name}" for name in columns)
        statement = (
            f"INSERT INTO dbos.workflow_status ({names}) SELECT {values}"
            f" FROM dbos.workflow_status t, generate_series(2, {count}) g WHERE t.status = 'DELAYED'"
        )
        connection.execute(statement)
        connection.execute("VACUUM ANALYZE dbos.workflow_status")


def work() -> None:
    """Run workflows until the process ends; those that an earlier process left are recovered first."""
    global _outbox
    _outbox = Outbox()
    config: DBOSConfig = {
        "name": "reminders",
        "system_database_url": URL,
        "log_level": "WARNING",
        "application_version": "1",
        "executor_id": "one",
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(_QUEUE)
    print("ready", flush=True)
    threading.Event().wait()


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("work")
    opening = commands.add_parser("open")
    opening.add_argument("way", choices=("sleep", "delay"))
    opening.add_argument("count", type=int)
    opening.add_argument("--at", type=float, required=True)
    commands.add_parser("copy").add_argument("count", type=int)
    words = parser.parse_args()
    match words.command:
        case "work":
            work()
        case "open":
            open_accounts(words.way, words.count, words.at)
        case _:
            copy_accounts(words.count)


if __name__ == "__main__":
    main()
