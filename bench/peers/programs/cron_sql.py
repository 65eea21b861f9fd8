"""A cron job that polls a table, written as its documents advise: FOR UPDATE SKIP LOCKED, in batches, several workers.

A batch is claimed in a transaction of its own, each mail is sent after that is committed, and each is noted at once.
A row that was claimed and not noted belongs to a worker that died. `--lease SECONDS` says when it is tried again (at
least once); without it, it stays claimed for somebody to look at (at most once).

`open COUNT --at INSTANT` makes the table, `run` works until nothing is due, as a job that cron starts each minute does.
The environment says where: PGHOST, PGUSER, and see outbox.py.
"""

from __future__ import annotations

import argparse
import threading
import time

import psycopg

from bench.peers.programs.outbox import Outbox
from bench.peers.reminder import account_name

DATABASE = "cron"
_TABLE = """
CREATE TABLE reminder (
    account text PRIMARY KEY,
    due_at timestamptz NOT NULL,
    claimed_at timestamptz,
    sent_at timestamptz
);
CREATE INDEX ON reminder (due_at) WHERE claimed_at IS NULL;
CREATE INDEX ON reminder (claimed_at) WHERE sent_at IS NULL AND claimed_at IS NOT NULL;
"""
_CLAIM_NEW = """
UPDATE reminder SET claimed_at = now() WHERE account IN (
    SELECT account FROM reminder WHERE claimed_at IS NULL AND due_at <= now()
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING account
"""
_CLAIM_ABANDONED = """
UPDATE reminder SET claimed_at = now() WHERE account IN (
    SELECT account FROM reminder
    WHERE sent_at IS NULL AND claimed_at IS NOT NULL AND claimed_at < now() - make_interval(secs => %s)
    ORDER BY claimed_at LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING account
"""
_SENT = "UPDATE reminder SET sent_at = now() WHERE account = %s"


def open_accounts(count: int, due_at: float) -> None:
    """A fresh table with that many accounts, all due at one instant."""
    with psycopg.connect(f"dbname={DATABASE}") as connection:
        connection.execute(_TABLE)
        with connection.cursor().copy("COPY reminder (account, due_at) FROM STDIN") as copy:
            when = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(due_at))
            for number in range(count):
                copy.write_row((account_name(number), when))
    with psycopg.connect(f"dbname={DATABASE}", autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE reminder")


def work(outbox: Outbox, batch: int, lease_seconds: float | None) -> None:
    """One worker: claim, send, note, until nothing is due."""
    with psycopg.connect(f"dbname={DATABASE}", autocommit=True) as connection:
        while accounts := _claim(connection, batch, lease_seconds):
            for account in accounts:
                outbox.send(account)
                connection.execute(_SENT, (account,))


def _claim(connection: psycopg.Connection, batch: int, lease_seconds: float | None) -> list[str]:
    found = [account for (account,) in connection.execute(_CLAIM_NEW, (batch,))]
    if not found and lease_seconds is not None:
        found = [account for (account,) in connection.execute(_CLAIM_ABANDONED, (lease_seconds, batch))]
    return found


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    opening = commands.add_parser("open")
    opening.add_argument("count", type=int)
    opening.add_argument("--at", type=float, required=True)
    run = commands.add_parser("run")
    run.add_argument("--workers", type=int, default=4)
    run.add_argument("--batch", type=int, default=10)
    run.add_argument("--lease", type=float)
    run.add_argument("--at", type=float, default=0.0)
    words = parser.parse_args()
    if words.command == "open":
        open_accounts(words.count, words.at)
        return
    outbox = Outbox()
    workers = [threading.Thread(target=work, args=(outbox, words.batch, words.lease)) for _ in range(words.workers)]
    print("ready", flush=True)
    time.sleep(max(0.0, words.at - time.time()))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)


if __name__ == "__main__":
    main()
