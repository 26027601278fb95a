"""What is sent to Monday.com is valid by the vendor's own types."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest
from graphql import (
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    StringValueNode,
    build_schema,
    parse,
    print_schema,
    specified_rules,
    validate,
    validate_schema,
    visit,
)
from graphql.language import Visitor

import vendor_schema
from conftest import HOME
from winloss.testing.monday.service import schema

DOCUMENTS = sorted((HOME / "src" / "winloss" / "edge" / "graphql").glob("*.graphql"))
VENDORED = HOME / "src" / "winloss" / "testing" / "monday" / "schema.graphql"
FURTHER = os.environ.get("WINLOSS_MONDAY_SCHEMA", "")
TARBALL = os.environ.get("WINLOSS_MONDAY_TARBALL", "")


def faults(document: str, by: GraphQLSchema) -> list[str]:
    """Return what is wrong with a document, deprecations included."""
    rules = [*specified_rules, NoDeprecatedCustomRule]
    return [fault.message for fault in validate(by, parse(document), rules)]


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_document_is_valid(file: Path) -> None:
    """Every document fits the vendored schema and uses nothing deprecated."""
    assert faults(file.read_text("utf-8"), schema()) == []


@pytest.mark.skipif(not FURTHER, reason="WINLOSS_MONDAY_SCHEMA names no further schema")
@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_document_is_valid_by_a_further_schema(file: Path) -> None:
    """Every document fits the schema of a newer version, too, where one is at hand."""
    by = build_schema(Path(FURTHER).read_text("utf-8"), assume_valid=True)
    assert faults(file.read_text("utf-8"), by) == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_document_is_one_operation_of_its_name(file: Path) -> None:
    """A file holds one operation, called like the file."""
    operations = parse(file.read_text("utf-8")).definitions
    assert len(operations) == 1
    assert isinstance(operations[0], OperationDefinitionNode)
    assert operations[0].name
    assert operations[0].name.value == file.stem


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_document_takes_text_as_variables_only(file: Path) -> None:
    """No text stands in a document, so none can break out of it."""
    found: list[str] = []

    class Texts(Visitor):
        def enter_string_value(self, node: StringValueNode, *_: object) -> None:
            found.append(node.value)

    visit(parse(file.read_text("utf-8")), Texts())
    assert found == []


def test_the_validation_finds_what_is_wrong() -> None:
    """A misspelt argument and a deprecated field are reported: the check above is one."""
    misspelt = 'mutation { create_subitem(parent_item: 1, item_name: "a") { id } }'
    assert len(faults(misspelt, schema())) == 2
    assert any("deprecated" in fault for fault in faults("{ boards { owner { id } } }", schema()))


def test_the_vendored_schema_is_a_schema() -> None:
    """What ships holds together, and says where it comes from and under which license."""
    assert validate_schema(schema()) == []
    text = VENDORED.read_text("utf-8")
    assert text.startswith(vendor_schema.HEADER)
    assert "Copyright (c) 2025 monday.com" in (VENDORED.parent / "LICENSE.monday").read_text(
        "utf-8"
    )


@pytest.mark.skipif(not TARBALL, reason="WINLOSS_MONDAY_TARBALL names no tarball of the vendor's")
def test_the_vendored_schema_is_what_the_package_makes() -> None:
    """The schema is rebuilt from the vendor's package, byte for byte."""
    assert vendor_schema.sdl_from(Path(TARBALL).read_bytes()) == VENDORED.read_text("utf-8")


def test_another_package_is_refused() -> None:
    """A tarball with other bytes makes no schema, however much it looks like the vendor's."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as package:
        package.addfile(tarfile.TarInfo(vendor_schema.MEMBER))
    with pytest.raises(SystemExit, match="its sha256 is"):
        vendor_schema.sdl_from(gzip.compress(held.getvalue()))


SAMPLE = """\
export type Maybe<T> = T | null;
export type Scalars = {
    ID: {
        input: string;
        output: string;
    };
    JSON: {
        input: any;
        output: any;
    };
};
/** Something that has a name; */
export type Named = {
    name: Scalars['String']['output'];
};
export type Cat = Named & {
    __typename?: 'Cat';
    /**
     * The cat's other name: none
     * @deprecated it has one
     */
    alias?: Maybe<Scalars['String']['output']>;
    friends: Array<Maybe<Pet>>;
    name: Scalars['String']['output'];
    /** Its kittens: Array<Cat>; */
    young_ones?: Maybe<Array<Cat>>;
};
export type CatYoung_OnesArgs = {
    ids?: InputMaybe<Array<Scalars['ID']['input']>>;
    like: CatInput;
    limit?: Scalars['Int']['input'];
};
export type Dog = {
    __typename?: 'Dog';
    mood: Mood;
};
export type Pet = Cat | Dog;
export declare enum Mood {
    /** Better than bad */
    Good = "good",
    VeryBad = "very__bad"
}
export type CatInput = {
    data: Scalars['JSON']['input'];
};
export type GetCatQueryVariables = Exact<{
    [key: string]: never;
}>;
export type GetCatQuery = {
    __typename?: 'Query';
    cat?: {
        __typename?: 'Cat';
        name: string;
    } | null;
};
"""
MADE = """\
type Cat implements Named {
  alias: String @deprecated
  friends: [Pet]!
  name: String!
  young_ones(ids: [ID!], like: CatInput!, limit: Int): [Cat!]
}

input CatInput {
  data: JSON!
}

type Dog {
  mood: Mood!
}

scalar JSON

enum Mood {
  good
  very__bad
}

interface Named {
  name: String!
}

union Pet = Cat | Dog
"""


def test_each_form_of_the_types_becomes_graphql() -> None:
    """A hand-written sample has every form that the vendor's file has."""
    assert vendor_schema.sdl_of(SAMPLE) == MADE
    assert "young_ones" in print_schema(build_schema(MADE))
