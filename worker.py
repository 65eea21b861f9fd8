"""Dunlin's worker: puts the parts together, registers them on their task queues, and runs until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from activities.cases import CaseActivities
from activities.contact import ContactActivity
from activities.desk import Desk
from activities.referral import ReferralActivities
from activities.signatures import CASE_QUEUE, REFERRAL_QUEUE, UPKEEP_QUEUE, channel_queue
from activities.upkeep import UpkeepActivities
from db.journal import verify
from db.ledger import disagreements
from db.session import Database
from domain.names import Channel
from providers.base import ChannelProvider
from providers.counsel.mail import CounselMail
from providers.email.connections import MailServer
from providers.email.message import Sender
from providers.email.smtp import SmtpEmailProvider, SmtpSettings
from providers.letter.print_folder import PrintFolderProvider, PrintFolderSettings
from providers.sms.twilio_sms import TwilioSmsProvider
from providers.twilio_api.account import TwilioSettings
from providers.voice.twilio_voice import TwilioVoiceProvider
from rulebook.load import Rulebook
from rulebook.problems import RulebookError
from runtime.health import HealthServer
from runtime.logging import configure_logging, logger
from runtime.settings import WorkerSettings, load_settings
from runtime.settings_problems import SettingsError
from runtime.telemetry import OPEN_CASES, start_telemetry
from runtime.temporal import (
    TemporalNotReady,
    connect,
    ensure_current_deployment_version,
    ensure_search_attributes,
    report_count,
)
from starter.client import DunlinClient
from starter.reconciliation.run import by_schedule
from workflows.collection_case import CollectionCase
from workflows.legal_referral import LegalReferral
from workflows.search_attributes import ALL
from workflows.upkeep import NightlyCheck, Reconciliation

PROVIDER_TIMEOUT_SECONDS = 15.0
MAIL_SERVER_TIMEOUT_SECONDS = 10.0
"""Well inside the contact activity's own timeout, so that the activity can record what became of a contact. A mail
server has its timeout twice: until it wants the content, and until it has it."""

OPEN_CASES_EVERY = timedelta(seconds=60)
OPEN_CASES_QUERY = "WorkflowType = 'CollectionCase' AND ExecutionStatus = 'Running'"

_log = logger(__name__)


def spare_the_collector() -> None:
    """Take everything that was loaded at start-up out of the garbage collector's rounds: none of it ever ends.

    What a contact allocates is freed by counting, so that full rounds find next to nothing; they come more rarely.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def real_now() -> datetime:
    """The machine's clock: read here, and an argument everywhere else."""
    return datetime.now(UTC)


def make_providers(settings: WorkerSettings) -> tuple[Mapping[Channel, ChannelProvider], SmtpEmailProvider]:
    """One provider for each channel, and the e-mail one once more, for counsel. Call it inside the event loop."""
    base_url = str(settings.public_base_url).rstrip("/")
    email = SmtpEmailProvider(
        SmtpSettings(
            server=MailServer(
                host=settings.smtp_host,
                port=settings.smtp_port,
                starttls=settings.smtp_starttls,
                username=settings.smtp_username,
                password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
                connections_max=settings.smtp_connections,
                timeout_s=MAIL_SERVER_TIMEOUT_SECONDS,
            ),
            sender=Sender(settings.smtp_from),
            public_base_url=base_url,
            link_secret=settings.link_secret.get_secret_value() if settings.link_secret else None,
        )
    )
    return {
        Channel.EMAIL: email,
        Channel.SMS: TwilioSmsProvider(_twilio(settings, settings.twilio_sms_from, base_url)),
        Channel.VOICE: TwilioVoiceProvider(_twilio(settings, settings.twilio_voice_from, base_url)),
        Channel.LETTER: PrintFolderProvider(PrintFolderSettings(settings.print_folder)),
    }, email


def _twilio(settings: WorkerSettings, from_number: str, base_url: str) -> TwilioSettings:
    return TwilioSettings(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        from_number=from_number,
        base_url=str(settings.twilio_base_url) if settings.twilio_base_url else None,
        public_base_url=base_url,
        timeout_s=PROVIDER_TIMEOUT_SECONDS,
    )


def make_workers(
    client: Client,
    settings: WorkerSettings,
    desk: Desk,
    providers: Mapping[Channel, ChannelProvider],
    counsel: CounselMail,
) -> list[Worker]:
    """One worker for cases, one for referrals, one for upkeep, and one a channel, with that channel's rate limit."""
    common: dict[str, Any] = {
        "deployment_config": WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name=settings.deployment_name, build_id=settings.build_id),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        ),
        "graceful_shutdown_timeout": timedelta(seconds=settings.shutdown_grace_seconds),
        "max_concurrent_activities": settings.max_concurrent_activities,
    }
    cases = CaseActivities(desk)
    referrals = ReferralActivities(desk, counsel)
    contact = ContactActivity(desk, providers)
    upkeep = _upkeep(client, settings, desk)
    return [
        Worker(
            client,
            task_queue=CASE_QUEUE,
            workflows=[CollectionCase, LegalReferral, Reconciliation, NightlyCheck],
            workflow_runner=UnsandboxedWorkflowRunner(),
            activities=[cases.open_case, cases.apply_messages, cases.advance_case],
            max_cached_workflows=settings.max_cached_workflows,
            max_concurrent_workflow_tasks=settings.max_concurrent_workflow_tasks,
            **common,
        ),
        Worker(
            client,
            task_queue=REFERRAL_QUEUE,
            activities=[referrals.hand_over_referral, referrals.recall_referral],
            **common,
        ),
        Worker(
            client,
            task_queue=UPKEEP_QUEUE,
            activities=[upkeep.reconcile, upkeep.nightly_check],
            **common,
        ),
        *(
            Worker(
                client,
                task_queue=channel_queue(channel),
                activities=[contact.contact],
                max_task_queue_activities_per_second=settings.channel_rates_per_second[channel],
                **common | {"max_concurrent_activities": _at_once(provider, settings)},
            )
            for channel, provider in providers.items()
        ),
    ]


def _at_once(provider: ChannelProvider, settings: WorkerSettings) -> int:
    """Contacts at once on a channel: no more than can leave, so that none is claimed and then waits for its turn.

    What waits stays with Temporal, where a payment still silences it and a killed worker does not take it along.
    """
    return min(settings.max_concurrent_activities, provider.sends_at_once or settings.max_concurrent_activities)


def _upkeep(client: Client, settings: WorkerSettings, desk: Desk) -> UpkeepActivities:
    database = desk.database
    dunlin = DunlinClient(client, database, desk.rulebook)

    async def broken_chains() -> list[str]:
        async with database.transaction() as session:
            return [str(broken) for broken in await verify(session)]

    async def books_that_disagree() -> list[str]:
        async with database.transaction() as session:
            return [str(found) for found in await disagreements(session, desk.rulebook.waterfall)]

    folder = settings.reconciliation_folder
    reconcile = by_schedule(folder, client, database, dunlin, lambda: desk.real_now().date())
    return UpkeepActivities(
        reconcile, {"broken hash chains": broken_chains, "books that disagree": books_that_disagree}
    )


@asynccontextmanager
async def working(client: Client, settings: WorkerSettings, rulebook: Rulebook) -> AsyncIterator[None]:
    """A worker that works inside this block. On leaving it, what is in flight is finished first."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), pool_size=settings.database_pool_size)
        stack.push_async_callback(database.close)
        providers, email = make_providers(settings)
        for provider in providers.values():
            stack.push_async_callback(provider.close)
        await ensure_search_attributes(client, settings.temporal_namespace, ALL)
        workers = make_workers(client, settings, Desk(database, rulebook, real_now), providers, CounselMail(email))
        for worker in workers:
            await stack.enter_async_context(worker)
        await ensure_current_deployment_version(client, settings.deployment_name, settings.build_id)
        if settings.health_port:
            await stack.enter_async_context(_health(client, database, settings.bind_address, settings.health_port))
        _log.info("worker ready", deployment=settings.deployment_name, build_id=settings.build_id)
        yield
        _log.info("worker stops", deployment=settings.deployment_name)


def _health(client: Client, database: Database, host: str, port: int) -> HealthServer:
    async def temporal_answers() -> None:
        await client.service_client.check_health()

    return HealthServer(host=host, port=port, checks={"temporal": temporal_answers, "postgres": database.check})


async def run(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    rulebook = Rulebook.load()
    telemetry = start_telemetry(settings, service="dunlin-worker")
    try:
        client = await connect(settings, runtime=telemetry.runtime, plugins=telemetry.plugins)
        async with working(client, settings, rulebook), asyncio.TaskGroup() as tasks:
            spare_the_collector()
            counting = tasks.create_task(
                report_count(client, OPEN_CASES.set, query=OPEN_CASES_QUERY, every=OPEN_CASES_EVERY)
            )
            await stopping.wait()
            counting.cancel()
    finally:
        telemetry.stop()


def main() -> int:
    """Exit status 0 after a clean stop, 2 when the configuration or a server is not as it must be."""
    try:
        settings = load_settings(WorkerSettings)
        configure_logging(level=settings.log_level, log_format=settings.log_format)
        uvloop.run(run(settings))
    except (SettingsError, RulebookError, TemporalNotReady) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
