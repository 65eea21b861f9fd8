"""The production shape is sound as far as it can be told without an engine: schema, pins, secrets, order, limits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from runtime import telemetry
from runtime.settings import variables

ROOT = Path(__file__).parents[2]
ONCE = {"temporal-schema", "temporal-namespace", "migrate"}
"""Services that do one thing and end."""
WITHOUT_A_SHELL = {"collector", "temporal-ui"}
"""Images that have nothing to run a health check with, or none that is known."""

COMPOSE: Any = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_file_is_valid_by_the_compose_specification() -> None:
    checked = subprocess.run(  # noqa: S603 - the environment's own tool
        [
            Path(sys.executable).parent / "check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            ROOT / "docker-compose.yml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_to_a_release(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.search(r":(v?\d+\.\d+[.\d]*|\$\{DUNLIN_BUILD_ID:\?.*\})$", image), image


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_limits(name: str) -> None:
    assert set(SERVICES[name]["deploy"]["resources"]["limits"]) == {"cpus", "memory"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE - WITHOUT_A_SHELL - {"worker"}))
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_image_of_the_workers_checks_its_own_health_and_runs_as_nobody_special() -> None:
    final = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^HEALTHCHECK .*\\\n.*8088/ready", final, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d+$", final, re.MULTILINE)
    assert DOCKERFILE.count("FROM ${BASE}") == 2


def test_the_image_holds_every_package_of_the_product() -> None:
    beside = {"tests", "bench", "load", "simulation", "chaos"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - beside
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    not_ignored = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert copied == packages
    assert not_ignored == packages


def test_services_start_in_an_order_that_exists() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in SERVICES, f"{name} needs {needed}"
            once = how["condition"] == "service_completed_successfully"
            assert once == (needed in ONCE), f"{name} waits for {needed} by {how['condition']}"


def test_no_secret_is_in_the_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|PWD|TOKEN|KEY|DATABASE_URL", variable):
                assert re.search(r"\$\{\w+:[?-]", str(value)), f"{name}: {variable}"


def test_every_required_variable_is_in_the_example_and_empty_there() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert required <= set(example)
    assert set(example.values()) == {""}


def test_the_workers_are_given_settings_that_exist() -> None:
    given = {name for service in ("worker", "migrate", "door") for name in SERVICES[service]["environment"]}
    assert given <= set(variables())
    required = {name for name, field in variables().items() if field.is_required()}
    assert required <= set(SERVICES["worker"]["environment"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_mounted_file_exists(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] if not source.startswith(".") else (ROOT / source).exists()


def test_the_dashboard_shows_metrics_that_are_measured() -> None:
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/dunlin.json").read_text(encoding="utf-8"))
    shown = re.findall(r"dunlin_[a-z_]+", json.dumps([panel["targets"] for panel in dashboard["panels"]]))
    measured = Path(telemetry.__file__).read_text(encoding="utf-8")
    for metric in shown:
        name = re.sub(r"(_total|_seconds_bucket)$", "", metric).replace("dunlin_", "dunlin.")
        assert f'"{name}"' in measured, metric
