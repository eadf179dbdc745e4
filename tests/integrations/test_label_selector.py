"""Label selectors and names of images, as Kubernetes has them."""

import pytest

from callboard.integrations.kubernetes import image_tag, image_version, read_selector

LABELS = {"app": "orders", "acme.example/tier": "web", "empty": ""}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("app=orders", True), ("app==orders", True), (" app = orders , acme.example/tier=web", True), ("app=other", False),
        ("app!=orders", False), ("app!=other", True), ("absent!=x", True), ("empty=", True), ("app=", False),
        ("app in (orders,basket)", True), ("app in(orders)", True), ("app in (basket)", False), ("app notin (orders)", False),
        ("absent notin (a, b)", True), ("absent in (a)", False), ("app", True), ("absent", False), ("!absent", True), ("! app", False),
        ("app in (orders, basket),acme.example/tier notin (api),!absent,empty", True), ("in=x", False), ("in", False),
    ],
)  # fmt: skip
def test_a_selector_holds_as_in_kubernetes(text, holds):
    assert read_selector(text).matches(LABELS) is holds


@pytest.mark.parametrize(
    "text", ["", ",", "app=a=b", "app in a", "app in (a", "=x", "app=a,", "app~a", "app=ä", "a b", "x" * 2_001, "(", "app=(a)"]
)
def test_what_is_no_selector_selects_nothing(text):
    assert read_selector(text) is None


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("acme/orders:1.4.2", "1.4.2"), ("registry.acme.example:5000/acme/orders", ""), ("registry:5000/orders:1@sha256:ab", "1"),
        ("orders@sha256:ab", ""), ("orders:latest", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_tag_of_an_image_is_its_version(image, tag):
    assert image_tag(image) == tag


def test_the_version_is_that_of_the_image_with_the_name_or_the_only_one():
    assert image_version(["acme/orders:1.4.2", "envoy:v1.30"], "orders") == "1.4.2"
    assert image_version(["acme/basket:1.4.2", "envoy:v1.30"], "orders") == ""
    assert image_version(["acme/basket:1.4.2", "acme/worker:1.4.2"], "orders") == "1.4.2"
    assert image_version([], "orders") == ""
