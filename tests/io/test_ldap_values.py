"""Attributes of a directory's entries, as the library returns them."""

from callboard.io.ldap import _values


def test_an_attribute_without_values_or_with_odd_ones_loses_nothing_else():
    """RFC 4511 allows an attribute without values, which ldap3 returns as None."""
    raw = {"cn": [b"Ada"], "mail": None, "member": [], "jpegPhoto": [b"\xff\xd8", b"text"]}
    assert dict(_values(raw)) == {"cn": ("Ada",), "mail": (), "member": (), "jpegphoto": ("text",)}
