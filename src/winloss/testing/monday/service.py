"""Execute GraphQL documents over the vendor's types; only this module knows graphql-core."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from winloss.testing.monday.answers import CURRENT, MAINTENANCE, VERSIONS, field_of
from winloss.testing.monday.columns import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.testing.monday.account import Account

INVALID = "GRAPHQL_VALIDATION_FAILED"
_VALUES = {"text": "TextValue", "status": "StatusValue", "long_text": "LongTextValue"}
_VALUES |= {"date": "DateValue", "subtasks": "SubtasksValue"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was read: its operation, or why there is none."""

    operation: str
    is_mutation: bool
    variables: Mapping[str, Any]
    document: DocumentNode | None
    faults: tuple[GraphQLError, ...] = ()


@cache
def schema() -> GraphQLSchema:
    """Return the schema that ships beside this module."""
    text = files("winloss.testing.monday").joinpath("schema.graphql").read_text("utf-8")
    return build_schema(text, assume_valid=True)


def version_of(header: str | None) -> str:
    """Return the version that answers: what is unknown, or too old, falls back without a word."""
    if header in VERSIONS:
        return str(header)
    is_old = header is not None and header[:4].isdigit() and header < MAINTENANCE
    return MAINTENANCE if is_old else CURRENT


def read(body: Mapping[str, Any]) -> Asked:
    """Read a request's document, and judge it by the schema."""
    name, variables = body.get("operationName"), body.get("variables")
    variables = variables if isinstance(variables, dict) else {}
    try:
        document = parse(str(body.get("query")))
    except GraphQLError as fault:
        return Asked(name or "", is_mutation=False, variables={}, document=None, faults=(fault,))
    faults = validate(schema(), document)
    operation = get_operation_ast(document, name)
    if operation is None:
        faults = [*faults, GraphQLError("no operation, or more than one and none is named")]
    return Asked(_name(operation), _is_mutation(operation), variables, document, (*faults,))


def answer(account: Account, asked: Asked, version: str) -> dict[str, Any]:
    """Execute what was asked, and return the answer without the transport's own fields."""
    if asked.faults or asked.document is None:
        return {"errors": [_told(fault) for fault in asked.faults]}

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        place = f"{info.parent_type.name}.{info.field_name}"
        return field_of(account, version, source, place, given)

    with account.lock:
        done = execute_sync(
            schema(),
            asked.document,
            variable_values=dict(asked.variables),
            operation_name=asked.operation or None,
            field_resolver=resolve,
            type_resolver=lambda value, *_: _VALUES.get(value.type, "UnsupportedValue"),
        )
    told = {"errors": [_told(fault) for fault in done.errors]} if done.errors else {}
    return {"data": done.data, **told, "account_id": int(account.number)}


def _name(operation: OperationDefinitionNode | None) -> str:
    return operation.name.value if operation and operation.name else ""


def _is_mutation(operation: OperationDefinitionNode | None) -> bool:
    return operation is not None and operation.operation is OperationType.MUTATION


def _told(fault: GraphQLError) -> dict[str, Any]:
    if isinstance(fault.original_error, Refused):
        return dict(fault.formatted)
    code = INVALID if fault.path is None else "INTERNAL_SERVER_ERROR"  # the peer's own mistake
    return {**fault.formatted, "extensions": {"code": code}}
