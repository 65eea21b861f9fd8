"""Settings come from the environment, and a wrong one is named with its remedy and without its value."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.settings import (
    ClientSettings,
    Environment,
    StackSettings,
    WorkerSettings,
    load_settings,
    variables_table,
)
from runtime.settings_problems import Problem, SettingsError

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
COMPLETE = {
    "DATABASE_URL": "postgresql://dunlin:hunter2@localhost:5432/dunlin",
    "DUNLIN_PUBLIC_BASE_URL": "https://dunlin.example.com",
    "DUNLIN_SMTP_HOST": "smtp.example.com",
    "DUNLIN_SMTP_FROM": "collections@example.com",
    "DUNLIN_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "DUNLIN_TWILIO_AUTH_TOKEN": "not-a-real-token",
    "DUNLIN_TWILIO_SMS_FROM": "+15005550006",
    "DUNLIN_TWILIO_VOICE_FROM": "+15005550006",
    "DUNLIN_PRINT_FOLDER": "/var/lib/dunlin/print",
}


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.startswith("DUNLIN_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def problems_of(kind: type[WorkerSettings] | type[ClientSettings]) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(kind)
    return caught.value.problems


def test_a_complete_environment_makes_settings_with_documented_defaults(environ: pytest.MonkeyPatch) -> None:
    settings = load_settings(WorkerSettings)
    assert settings.smtp_port == 587
    assert settings.temporal_address == "localhost:7233"
    assert settings.channel_rates_per_second == {"sms": None, "email": None, "voice": None, "letter": None}
    assert settings.environment is Environment.DEVELOPMENT


def test_secrets_do_not_show_when_settings_are_printed(environ: pytest.MonkeyPatch) -> None:
    shown = repr(load_settings(WorkerSettings))
    assert "hunter2" not in shown
    assert "not-a-real-token" not in shown


def test_a_missing_variable_is_named_with_what_to_set(environ: pytest.MonkeyPatch) -> None:
    environ.delenv("DUNLIN_SMTP_HOST")
    (problem,) = problems_of(WorkerSettings)
    assert problem.variable == "DUNLIN_SMTP_HOST"
    assert problem.wrong == "is missing"
    assert "DUNLIN_SMTP_HOST=smtp.example.com" in problem.remedy


def test_every_wrong_variable_is_reported_at_once(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("DUNLIN_SMTP_PORT", "many")
    environ.setenv("DUNLIN_TEMPORAL_ADDRESS", "http://temporal")
    environ.setenv("DUNLIN_LOG_LEVEL", "loud")
    environ.setenv("DUNLIN_SMS_RATE_PER_SECOND", "-1")
    environ.delenv("DATABASE_URL")
    assert {problem.variable for problem in problems_of(WorkerSettings)} == {
        "DUNLIN_SMTP_PORT",
        "DUNLIN_TEMPORAL_ADDRESS",
        "DUNLIN_LOG_LEVEL",
        "DUNLIN_SMS_RATE_PER_SECOND",
        "DATABASE_URL",
    }


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://dunlin:hunter2@localhost/dunlin"),
        ("DUNLIN_TWILIO_SMS_FROM", "hunter2"),
        ("DUNLIN_TWILIO_ACCOUNT_SID", "hunter2"),
        ("DUNLIN_OTLP_ENDPOINT", "hunter2"),
        ("DUNLIN_SMTP_FROM", "hunter2"),
        ("DUNLIN_TEMPORAL_TLS_CA_FILE", "/nowhere/hunter2"),
        ("DUNLIN_TEMPORAL_TLS", "hunter2"),
    ],
)
def test_an_error_never_repeats_the_value(environ: pytest.MonkeyPatch, variable: str, value: str) -> None:
    environ.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(WorkerSettings)
    assert [problem.variable for problem in caught.value.problems] == [variable]
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_misspelled_variable_is_refused_with_the_likely_one(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("DUNLIN_SMTP_PROT", "25")
    (problem,) = problems_of(WorkerSettings)
    assert problem.variable == "DUNLIN_SMTP_PROT"
    assert problem.remedy == "Did you mean DUNLIN_SMTP_PORT?"


def test_an_empty_variable_counts_as_unset(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("DUNLIN_OTLP_ENDPOINT", "")
    assert load_settings(ClientSettings).otlp_endpoint is None


def test_a_user_without_a_password_is_refused(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("DUNLIN_SMTP_USERNAME", "dunlin")
    (problem,) = problems_of(WorkerSettings)
    assert problem.variable == "DUNLIN_SMTP_PASSWORD"
    assert problem.wrong == "is missing while DUNLIN_SMTP_USERNAME is set"


def test_production_requires_a_build_id_and_https(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("DUNLIN_ENVIRONMENT", "production")
    environ.setenv("DUNLIN_PUBLIC_BASE_URL", "http://dunlin.example.com")
    assert {problem.variable for problem in problems_of(WorkerSettings)} == {
        "DUNLIN_BUILD_ID",
        "DUNLIN_PUBLIC_BASE_URL",
    }


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_any_usual_form_of_the_database_url_is_taken(environ: pytest.MonkeyPatch, scheme: str) -> None:
    environ.setenv("DATABASE_URL", f"{scheme}://dunlin:hunter2@db/dunlin")
    assert (
        load_settings(ClientSettings).database_url.get_secret_value() == "postgresql+asyncpg://dunlin:hunter2@db/dunlin"
    )


def test_a_client_needs_no_provider(environ: pytest.MonkeyPatch) -> None:
    for name in COMPLETE:
        if name != "DATABASE_URL":
            environ.delenv(name)
    assert load_settings(ClientSettings).temporal_namespace == "default"


def test_the_stack_needs_no_database(environ: pytest.MonkeyPatch) -> None:
    environ.delenv("DATABASE_URL")
    assert load_settings(StackSettings).state_folder is None


def test_the_operations_page_lists_all_variables_as_they_are() -> None:
    assert variables_table() in OPERATIONS.read_text(encoding="utf-8"), "run: python -m runtime.settings"
