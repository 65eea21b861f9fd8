"""JSON Schemas of the rulebook's files, with which editors complete keys and mark mistakes while one types."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from domain.compliance.model import RulePack
from domain.policy import Policy
from rulebook.places import CountryPlaces
from rulebook.template import MessageTemplate, Parts

_MODELS: dict[str, type[BaseModel]] = {
    "policy": Policy,
    "law": RulePack,
    "places": CountryPlaces,
    "template": MessageTemplate,
    "parts": Parts,
}


class _Generator(GenerateJsonSchema):
    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        """JSON Schema's own `time` needs seconds and an offset, which a time of day in a policy does not have."""
        return {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "examples": ["09:30"]}


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of file, by the file name that `$schema` comments end with."""
    return {
        f"{name}.schema.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(schema_generator=_Generator),
        }
        for name, model in _MODELS.items()
    }
