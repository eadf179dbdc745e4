"""JSON Schema, Avro, WSDL and formats of plugins: what their definitions say stands in the reference, and wrong input is a sentence."""

import pytest

from callboard.api_reference import loading, plugin_formats, reading
from callboard.api_reference.plugin_formats import PluginFormat
from callboard.api_reference.reading import read_reference
from callboard.api_reference.texts import Texts
from callboard.plugins.api_formats import ApiDescription, ApiFormat, ApiOperation

SCHEMA = """{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Order", "description": "An order.", "type": "object",
"properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}}, "of": {"$ref": "#"}},
"$defs": {"Line": {"type": "string"}}}"""
AVRO = """{"type": "record", "name": "Order", "namespace": "shop", "doc": "An order.", "fields": [
{"name": "id", "type": "long"}, {"name": "note", "type": ["null", "string"], "default": null},
{"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "CLOSED"]}},
{"name": "parts", "type": {"type": "array", "items": "Order"}}]}"""
PROTOCOL = """{"protocol": "Mail", "namespace": "acme", "types": [{"type": "error", "name": "Gone", "fields": []}],
"messages": {"send": {"doc": "Send it.", "request": [{"name": "to", "type": "string"}], "response": "int", "errors": ["Gone"]}}}"""
WSDL = """<?xml version="1.0"?><wsdl:definitions name="Stock" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t"
 xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><wsdl:import location="http://127.0.0.1:9/types.wsdl"/>
<wsdl:message name="Ask"><wsdl:part name="item" type="t:Item"/></wsdl:message>
<wsdl:message name="Told"><wsdl:part name="n" type="t:int"/></wsdl:message>
<wsdl:portType name="Port"><wsdl:operation name="GetStock"><wsdl:documentation>How many.</wsdl:documentation>
<wsdl:input message="t:Ask"/><wsdl:output message="t:Told"/><wsdl:fault name="gone" message="t:Told"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="B" type="t:Port"/><wsdl:service name="StockService"><wsdl:port name="P" binding="t:B">
<soap:address location="https://stock.acme.test/soap"/></wsdl:port></wsdl:service></wsdl:definitions>"""


def read(text, api_type=""):
    return read_reference(text, api_type, is_public=False)


def test_a_json_schema_is_a_type_with_its_definitions():
    found = read(SCHEMA)
    assert (found.format, found.title, [*found.types]) == ("JSON Schema", "Order", ["Order", "Line"])
    lines, of = found.types["Order"].shape.fields
    assert (lines.shape.items.target, of.shape.target) == ("Line", "Order")


def test_an_avro_schema_has_its_named_types_and_a_type_may_refer_to_itself():
    found = read(AVRO)
    assert [*found.types] == ["shop.Order", "shop.State"]
    fields = {each.name: each for each in found.types["shop.Order"].shape.fields}
    assert {name for name, each in fields.items() if each.required} == {"id", "state", "parts"}
    assert fields["note"].shape.is_nullable
    assert fields["parts"].shape.items.target == "shop.Order"
    assert [each.value for each in found.types["shop.State"].shape.allowed] == ["OPEN", "CLOSED"]


def test_the_messages_of_an_avro_protocol_are_operations():
    (entry,) = read(PROTOCOL, "avro").entries
    assert (entry.address, str(entry.description), [each.case for each in entry.outputs]) == ("send", "<p>Send it.</p>\n", ["", "error 1"])
    assert entry.outputs[1].payloads[0].shape.target == "acme.Gone"


def test_a_wsdl_document_lists_the_operations_of_its_services_and_names_what_it_imports():
    found = read(WSDL)
    (entry,) = found.entries
    assert (found.title, found.groups[0].name, entry.address) == ("Stock", "StockService", "GetStock")
    assert [server.url for server in found.servers] == ["https://stock.acme.test/soap"]
    assert [each.name for each in entry.inputs[0].shape.fields] == ["item"]
    assert [each.case for each in entry.outputs] == ["", "fault gone"]
    assert "127.0.0.1:9/types.wsdl" in found.troubles[0]


@pytest.mark.parametrize(
    ("text", "api_type", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "", "declares entities"),
        ("<definitions", "wsdl", "no valid XML"),
        ("<html/>", "wsdl", "no WSDL 1.1"),
        ('"int"', "json-schema", "no mapping"),
        ('{"type": "map"}', "avro", "no record"),
    ],
)
def test_a_definition_that_is_not_of_its_format_is_a_sentence(text, api_type, words):
    assert words in read(text, api_type).troubles[0]


def raises(error):
    def read_it(text):
        raise error

    return read_it


def endless(text):
    while text:
        pass


SHOP = ApiDescription(
    "<b>Shop</b>", operations=(ApiOperation("S", "call", "buy", description="<script>", input={"$ref": "#/types/A"}),), types={"A": {}}
)


@pytest.mark.parametrize(
    ("reader", "trouble"),
    [
        (lambda text: SHOP, None),
        (raises(ValueError("Line 3 is wrong.")), "Line 3 is wrong."),
        (raises(SystemExit(1)), "failed to read the definition (SystemExit)"),
        (lambda text: {}, "gave no description"),
        (endless, "takes more than 0.2 s"),
    ],
)
def test_a_format_of_a_plugin_is_read_and_its_failures_concern_one_definition(monkeypatch, reader, trouble):
    found = PluginFormat("shop", "callboard-shop", ApiFormat("shop", "Shop", lambda text, _: text.startswith("shop"), reader))
    monkeypatch.setattr(reading, "plugin_formats", lambda: iter([found]))
    monkeypatch.setattr(loading, "MAX_SECONDS", 0.2)
    reading.all_readers.cache_clear()
    reading.REFERENCES.clear()
    try:
        made = read("shop 1")
    finally:
        monkeypatch.undo()
        reading.all_readers.cache_clear()
    if trouble:
        assert trouble in made.troubles[0]
    else:
        assert (made.format, made.entries[0].inputs[0].shape.target) == ("Shop", "A")
        assert "<script>" not in made.entries[0].description


def test_a_format_that_fails_to_recognize_a_text_does_not_have_it():
    found = PluginFormat("shop", "p", ApiFormat("shop", "Shop", raises(KeyError("x")), raises(ValueError())))
    assert not found.matches("x", "")
    assert plugin_formats.HEAD
    with pytest.raises(ValueError, match="longer"):
        found.read("x" * 16_000_001, Texts(is_public=False))
