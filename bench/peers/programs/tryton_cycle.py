"""One dunning cycle of Tryton's, as cron runs it: create what is due, then process it in batches, each with its mails.

These are the two wizards of `account_dunning` that people run by hand, called in the server's own process. A batch is a
transaction of its own: Tryton sends a transaction's mails once it is committed, so a batch is also what a crash can
lose. `trytond-cron` has no task for dunnings; the module leaves the two steps to people or to a script like this one.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import trytond.config as config
from trytond.pool import Pool
from trytond.transaction import Transaction

from bench.peers.programs.tryton_books import DATABASE


def main() -> None:
    """Run one cycle, at an instant (seconds since 1970) or at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--at", type=float, default=0.0)
    words = parser.parse_args()
    config.update_etc(str(words.config))
    Pool.start()
    Pool(DATABASE).init()
    cycle = _Cycle(*_administrator())
    print("ready", flush=True)
    time.sleep(max(0.0, words.at - time.time()))
    cycle.create()
    while cycle.process(words.batch):
        pass
    print("done", flush=True)


class _Cycle:
    """The two steps, each in transactions of its own."""

    def __init__(self, user: int, context: dict[str, object]) -> None:
        self._user = user
        self._context = context

    def create(self) -> None:
        """Dunnings of what is due, and higher levels of those that have waited long enough."""
        with Transaction().start(DATABASE, self._user, context=self._context):
            Pool().get("account.dunning").generate_dunnings()

    def process(self, batch: int) -> int:
        """Process that many drafts: the level is reached, and the batch's mails leave once that is committed."""
        with Transaction().start(DATABASE, self._user, context=self._context) as transaction:
            pool = Pool()
            drafts = pool.get("account.dunning").search([("state", "=", "draft"), ("blocked", "=", False)], limit=batch)
            if drafts:
                wizard = pool.get("account.dunning.process", type="wizard")
                session, _, _ = wizard.create()
                chosen = [draft.id for draft in drafts]
                with transaction.set_context(
                    active_model="account.dunning", active_id=chosen[0], active_ids=chosen, action_id=None
                ):
                    wizard.execute(session, {}, "process")
                wizard.delete(session)
            return len(drafts)


def _administrator() -> tuple[int, dict[str, object]]:
    with Transaction().start(DATABASE, 0, readonly=True) as transaction:
        users = Pool().get("res.user")
        (user,) = users.search([("login", "=", "admin")])
        with transaction.set_user(user.id):
            return user.id, dict(users.get_preferences(context_only=True))


if __name__ == "__main__":
    main()
