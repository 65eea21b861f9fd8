"""Settings from the environment: each variable's type, default, meaning and example, and clear errors.

Run as a program (`python -m runtime.settings`) it prints the table of all variables that `docs/operations.md` carries.
"""

from __future__ import annotations

import os
import re
import sys
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    Field,
    FilePath,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, PydanticUndefined
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.payload_codec import read_keys
from runtime.settings_problems import (
    PREFIX,
    Problem,
    SettingsError,
    both_or_neither,
    problem_with,
    variable_of,
    words_for,
)

DEVELOPMENT_BUILD_ID = "dev"

PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
HostAndPort = Annotated[str, StringConstraints(pattern=r"^[^\s:/]+:[0-9]{1,5}$")]
Host = Annotated[str, StringConstraints(pattern=r"^[^\s/]+$")]
EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
PortOrOff = Annotated[int, Field(ge=0, le=65535)]
RatePerSecond = Annotated[float, Field(gt=0, le=100_000)]
DeploymentLabel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")]
BuildLabel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,79}$")]


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """`auto` is console on a terminal and JSON elsewhere."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


def _readable_keys(keys: SecretStr) -> SecretStr:
    read_keys(keys.get_secret_value())
    return keys


PayloadKeys = Annotated[SecretStr, AfterValidator(_readable_keys)]


class _Group(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True, extra="forbid"
    )


class ClientSettings(_Group):
    """What everything needs that talks to Temporal and to Dunlin's database."""

    environment: Environment = Field(
        default=Environment.DEVELOPMENT,
        description="`production` refuses settings that are only fit for development.",
        examples=["production"],
    )
    database_url: SecretStr = Field(
        validation_alias="DATABASE_URL",
        description="Dunlin's Postgres.",
        examples=["postgresql://dunlin:PASSWORD@localhost:5432/dunlin"],
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=200, description="Connections that one process keeps at most.", examples=["10"]
    )
    temporal_address: HostAndPort = Field(
        default="localhost:7233", description="Host and port of Temporal's frontend.", examples=["localhost:7233"]
    )
    temporal_namespace: DeploymentLabel = Field(
        default="default", description="Temporal namespace that holds the cases.", examples=["collections"]
    )
    temporal_tls: bool = Field(
        default=False,
        description="Speak TLS to Temporal; on by itself with an API key or a certificate.",
        examples=["true"],
    )
    temporal_tls_ca_file: FilePath | None = Field(
        default=None,
        description="Authorities to trust for Temporal's certificate (PEM); the system's when unset.",
        examples=["/run/secrets/temporal-ca.pem"],
    )
    temporal_tls_certificate_file: FilePath | None = Field(
        default=None, description="Client certificate for mTLS (PEM).", examples=["/run/secrets/temporal-client.pem"]
    )
    temporal_tls_key_file: FilePath | None = Field(
        default=None,
        description="Private key of the client certificate (PEM).",
        examples=["/run/secrets/temporal-client.key"],
    )
    temporal_tls_server_name: Host | None = Field(
        default=None,
        description="Name expected in Temporal's certificate, when it is not the address.",
        examples=["temporal.example.com"],
    )
    temporal_api_key: SecretStr | None = Field(
        default=None, description="API key of Temporal Cloud.", examples=["THE-API-KEY"]
    )
    payload_keys: PayloadKeys | None = Field(
        default=None,
        description="AES-256 keys that encrypt payloads, `NAME:BASE64` by commas: the first encrypts, all decrypt.",
        examples=["2026-11:BASE64-OF-32-BYTES"],
    )
    deployment_name: DeploymentLabel = Field(
        default="dunlin", description="Name of Temporal's worker deployment.", examples=["dunlin"]
    )
    build_id: BuildLabel = Field(
        default=DEVELOPMENT_BUILD_ID,
        description="Which build this is, for Worker Versioning: a release or commit. Required in production.",
        examples=["1.4.0-3f9c2ab"],
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="Least severity that is logged.", examples=["info"])
    log_format: LogFormat = Field(
        default=LogFormat.AUTO,
        description="`json`, `console`, or `auto`: console on a terminal, JSON elsewhere.",
        examples=["json"],
    )
    otlp_endpoint: AnyHttpUrl | None = Field(
        default=None,
        description="OTLP/HTTP collector for traces and metrics; nothing is exported when unset.",
        examples=["http://localhost:4318"],
    )

    @field_validator("database_url")
    @classmethod
    def _for_asyncpg(cls, url: SecretStr) -> SecretStr:
        """Any usual form of a Postgres URL, in the one that names the driver."""
        address = re.fullmatch(r"postgres(?:ql)?(?:\+asyncpg)?://(.*)", url.get_secret_value())
        if address is None:
            raise ValueError("is not the URL of a Postgres database")
        return SecretStr(f"postgresql+asyncpg://{address[1]}")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if problems := tuple(self.disagreements()):
            raise PydanticCustomError("settings", "settings disagree", {"problems": problems})
        return self

    def disagreements(self) -> list[Problem]:
        """What is wrong between settings that are each right on their own."""
        problems = both_or_neither(self, "temporal_tls_certificate_file", "temporal_tls_key_file")
        if self.environment is Environment.PRODUCTION and self.build_id == DEVELOPMENT_BUILD_ID:
            problems.append(problem_with(type(self), "build_id", "is required in production"))
        return problems


class DoorSettings(ClientSettings):
    """What the HTTP door needs beyond that, to know providers' reports from anybody else's."""

    public_base_url: AnyHttpUrl = Field(
        description="Where providers reach Dunlin's HTTP door with delivery reports and replies.",
        examples=["https://dunlin.example.com"],
    )
    link_secret: Annotated[SecretStr, Field(min_length=16)] | None = Field(
        default=None,
        description="Signs the links that stop e-mails; without it e-mails are stopped by a mail to us only.",
        examples=["16-OR-MORE-RANDOM-CHARACTERS"],
    )
    twilio_auth_token: SecretStr = Field(
        description="Auth token of the Twilio account, which signs reports too.", examples=["THE-AUTH-TOKEN"]
    )
    bind_address: Host = Field(
        default="127.0.0.1",
        description="Address that the callback, health and metrics ports listen on.",
        examples=["0.0.0.0"],  # noqa: S104 - an example
    )
    callback_port: PortOrOff = Field(
        default=8089,
        description="Port of the HTTP door for providers' reports and replies; 0 is off.",
        examples=["8089"],
    )

    def disagreements(self) -> list[Problem]:
        problems = super().disagreements()
        if self.environment is Environment.PRODUCTION and self.public_base_url.scheme != "https":
            problems.append(problem_with(type(self), "public_base_url", "must be https in production"))
        return problems


class WorkerSettings(DoorSettings):
    """What a worker needs beyond that: providers, limits, and where it can be watched."""

    smtp_host: Host = Field(description="Mail server that takes the e-mails.", examples=["smtp.example.com"])
    smtp_port: Port = Field(default=587, description="Its port.", examples=["587"])
    smtp_username: str | None = Field(default=None, description="User for AUTH; none when unset.", examples=["dunlin"])
    smtp_password: SecretStr | None = Field(default=None, description="Password for AUTH.", examples=["THE-PASSWORD"])
    smtp_starttls: bool = Field(
        default=True, description="Require STARTTLS before anything is said.", examples=["true"]
    )
    smtp_connections: int = Field(
        default=10,
        ge=1,
        le=1_000,
        description="Connections of one worker to it, and so e-mails on their way at once.",
        examples=["10"],
    )
    smtp_from: EmailAddress = Field(description="Address that e-mails come from.", examples=["collections@example.com"])
    twilio_account_sid: Annotated[str, StringConstraints(pattern=r"^AC[0-9a-fA-F]{32}$")] = Field(
        description="Twilio account: AC and 32 hexadecimal digits.", examples=["AC" + "0" * 32]
    )
    twilio_base_url: AnyHttpUrl | None = Field(
        default=None, description="Another server in Twilio's place, for tests.", examples=["http://127.0.0.1:4010"]
    )
    twilio_sms_from: PhoneNumber = Field(
        description="Number that text messages come from, in E.164.", examples=["+15005550006"]
    )
    twilio_voice_from: PhoneNumber = Field(
        description="Number that calls come from, in E.164.", examples=["+15005550006"]
    )
    print_folder: Path = Field(
        description="Folder that letters are written to for the print shop.", examples=["/var/lib/dunlin/print"]
    )
    reconciliation_folder: Path | None = Field(
        default=None,
        description="Folder of lenders' files of open accounts, `LENDER.csv`; none by schedule when unset.",
        examples=["/var/lib/dunlin/reconciliation"],
    )
    sms_rate_per_second: RatePerSecond | None = Field(
        default=None, description="Text messages a second over all workers; no limit when unset.", examples=["20"]
    )
    email_rate_per_second: RatePerSecond | None = Field(
        default=None, description="E-mails a second over all workers; no limit when unset.", examples=["50"]
    )
    voice_rate_per_second: RatePerSecond | None = Field(
        default=None, description="Calls a second over all workers; no limit when unset.", examples=["5"]
    )
    letter_rate_per_second: RatePerSecond | None = Field(
        default=None, description="Letters a second over all workers; no limit when unset.", examples=["10"]
    )
    max_cached_workflows: int = Field(
        default=500,
        ge=0,
        le=100_000,
        description="Sleeping cases kept in memory; about 100 KB each, and a replay costs little.",
        examples=["500"],
    )
    max_concurrent_activities: int = Field(
        default=50, ge=1, le=10_000, description="Activities at once in each task queue of one worker.", examples=["50"]
    )
    max_concurrent_workflow_tasks: int = Field(
        default=20, ge=2, le=10_000, description="Workflow tasks at once in one worker.", examples=["20"]
    )
    shutdown_grace_seconds: int = Field(
        default=30, ge=0, le=3600, description="How long a stopping worker lets activities finish.", examples=["30"]
    )
    metrics_port: PortOrOff = Field(
        default=9464, description="Prometheus port of Temporal's SDK metrics; 0 is off.", examples=["9464"]
    )
    health_port: PortOrOff = Field(
        default=8088, description="Port of `/live` and `/ready`; 0 is off.", examples=["8088"]
    )

    @property
    def channel_rates_per_second(self) -> dict[str, float | None]:
        """By channel: the greatest rate over all workers, None for no limit."""
        return {
            "sms": self.sms_rate_per_second,
            "email": self.email_rate_per_second,
            "voice": self.voice_rate_per_second,
            "letter": self.letter_rate_per_second,
        }

    def disagreements(self) -> list[Problem]:
        problems = [*super().disagreements(), *both_or_neither(self, "smtp_username", "smtp_password")]
        if self.environment is Environment.PRODUCTION and self.smtp_password and not self.smtp_starttls:
            problems.append(problem_with(type(self), "smtp_starttls", "must be on in production with a password"))
        return problems


class CodecSettings(_Group):
    """What the codec server needs, which shows the Temporal UI and CLI what is encrypted."""

    payload_keys: PayloadKeys = Field(
        description="AES-256 keys that encrypt payloads, `NAME:BASE64` by commas: the first encrypts, all decrypt.",
        examples=["2026-11:BASE64-OF-32-BYTES"],
    )
    codec_ui_origin: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s*]+$")] = Field(
        default="http://localhost:8233",
        description="Origin of the Temporal UI, the only one whose pages may ask the codec server.",
        examples=["https://temporal.example.com"],
    )
    codec_token: Annotated[SecretStr, Field(min_length=16)] | None = Field(
        default=None,
        description="Bearer token that the codec server takes from everybody; this or the identity provider.",
        examples=["16-OR-MORE-RANDOM-CHARACTERS"],
    )
    codec_keys_url: AnyHttpUrl | None = Field(
        default=None,
        description="The identity provider's JWKS, which verifies the access tokens that the Temporal UI passes on.",
        examples=["https://login.example.com/keys"],
    )
    codec_issuer: str | None = Field(
        default=None, description="Issuer that those tokens must name.", examples=["https://login.example.com"]
    )
    codec_audience: str | None = Field(
        default=None, description="Audience that those tokens must name.", examples=["dunlin-codec"]
    )
    codec_address: Host = Field(
        default="127.0.0.1",
        description="Address that the codec server listens on.",
        examples=["0.0.0.0"],  # noqa: S104 - an example
    )
    codec_port: Port = Field(default=8234, description="Its port.", examples=["8234"])

    @model_validator(mode="after")
    def _has_a_doorkeeper(self) -> Self:
        provider = (self.codec_keys_url, self.codec_issuer, self.codec_audience)
        if any(provider) and not all(provider):
            problem = problem_with(type(self), "codec_keys_url", "needs DUNLIN_CODEC_ISSUER and DUNLIN_CODEC_AUDIENCE")
        elif (self.codec_token is None) == (self.codec_keys_url is None):
            problem = problem_with(type(self), "codec_token", "is needed, or DUNLIN_CODEC_KEYS_URL, and not both")
        else:
            return self
        raise PydanticCustomError("settings", "settings disagree", {"problems": (problem,)})


class StackSettings(_Group):
    """What the embedded stack needs."""

    state_folder: Path | None = Field(
        default=None,
        description="Where the embedded stack keeps its state; a short path, its own for each stack.",
        examples=["/var/tmp/dunlin-demo"],  # noqa: S108 - an example
    )


GROUPS: tuple[type[_Group], ...] = (CodecSettings, WorkerSettings, StackSettings)
"""Together these have every variable; one that two groups have is described as the later does."""

S = TypeVar("S", bound=_Group)


def load_settings(kind: type[S]) -> S:
    """Read the environment. Raises SettingsError with every variable that is wrong."""
    problems = _unknown_variables()
    try:
        settings = kind()
    except ValidationError as error:
        problems += _problems_of(kind, error)
        raise SettingsError(tuple(problems)) from None
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def variables() -> dict[str, FieldInfo]:
    """All variables, each with its field."""
    return {variable_of(name, field): field for group in GROUPS for name, field in group.model_fields.items()}


def variables_table() -> str:
    """All variables as a Markdown table."""
    lines = ["| variable | default | meaning | example |", "|---|---|---|---|"]
    for variable, field in variables().items():
        example = field.examples[0] if field.examples else ""
        lines.append(f"| `{variable}` | {_default_text(field)} | {field.description} | `{example}` |")
    return "\n".join(lines) + "\n"


def _default_text(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if field.default is None:
        return "unset"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _unknown_variables() -> list[Problem]:
    known = variables()
    problems = []
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            remedy = f"Did you mean {close[0]}?" if close else "Remove it; docs/operations.md lists all variables."
            problems.append(Problem(name, "is not a setting of Dunlin", remedy))
    return problems


def _problems_of(kind: type[_Group], error: ValidationError) -> list[Problem]:
    problems: list[Problem] = []
    for detail in error.errors(include_url=False, include_input=False):
        if detail["type"] == "settings":
            problems.extend(detail["ctx"]["problems"])
            continue
        name = _field_name(kind, str(detail["loc"][0]))
        problems.append(problem_with(kind, name, words_for(detail)))
    return problems


def _field_name(kind: type[_Group], location: str) -> str:
    aliases = {variable_of(name, field): name for name, field in kind.model_fields.items()}
    return aliases.get(location, location)


if __name__ == "__main__":
    sys.stdout.write(variables_table())
