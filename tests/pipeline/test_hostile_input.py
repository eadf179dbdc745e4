"""What a descriptor, a repository or its author may try, shown harmless on the finished site."""

import json
import re
from html.parser import HTMLParser

import pytest

import yaml
from support.portal import callboard, write

pytestmark = pytest.mark.long


SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = "\"' onmouseover='alert(1)' x=\""
SENTINELS = "qzcontentzq qztitlezq qztoczq qzrefzq qzpolicyzq qzdescriptionzq"
EVIL_LINKS = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/x",
    "JaVaScRiPt:alert(1)",
    "\tjavascript:alert(1)",
]


def entity(kind="Component", name="evil", spec=None, **metadata):
    plain = {"type": "service", "lifecycle": "production", "owner": "team-shop"}
    return {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name, **metadata}, "spec": plain | (spec or {})}


class Page(HTMLParser):
    """Collects what could run: elements, attributes, addresses."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.attributes, self.addresses = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        for name, value in attrs:
            self.attributes.append(name)
            if name in {"href", "src", "action", "xlink:href", "formaction"}:
                self.addresses.append(value or "")


def built(folder, **repositories):
    texts = {
        name: text if isinstance(text, str | bytes) else yaml.safe_dump_all(text, sort_keys=False, allow_unicode=True)
        for name, text in repositories.items()
    }
    write(folder, **texts)
    done = callboard(folder, "build", "--report", "report.json")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return folder / "site"


def assert_harmless(html):
    page = Page(html)
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not [a for a in page.addresses if re.match(r"\s*(javascript|vbscript|data:text)", a, re.IGNORECASE) or a.startswith("//")]
    assert "alert(1)</script>" not in html
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", html, re.DOTALL)
    assert not [script for script in scripts if "alert(1)" in script]


@pytest.mark.parametrize("words", [f"{SCRIPT} {ATTRIBUTE}", "see href=", "see id="])
def test_markup_in_every_text_field_stays_text(tmp_path, words):
    evil = entity(
        title=words, description=f"{words}\n\n**{words}** `{words}`", tags=[words], labels={"a/b": words},
        annotations={"x.example/y": words, "z": SCRIPT},
        links=[{"url": "https://x.example/" + SCRIPT, "title": words, "icon": words, "type": words}],
        spec={"type": words, "lifecycle": words, "owner": words, "system": words, "dependsOn": [f"component:{words}"], "extra": words},
    )  # fmt: skip
    api = entity("API", "evil-api", {"type": "openapi", "definition": f"openapi: 3.0.0\ninfo: {words}\n{SCRIPT}"}, title=words)
    group = entity(
        "Group",
        "evil-team",
        {"type": words, "children": [], "profile": {"displayName": words, "email": words, "picture": "https://evil.example/x.png"}},
    )
    user = entity("User", "evil-user", {"memberOf": ["evil-team"], "profile": {"displayName": words, "email": f"x@x.example{words}"}})
    odd = entity("Gadget", "odd", {"nested": {words: [words]}})
    site = built(tmp_path, evil=[evil, api, group, user, odd])
    pages = [page for page in site.rglob("*.html") if "guides" not in page.parts]
    assert len(pages) > 15
    for page in pages:
        assert_harmless(page.read_text())


@pytest.fixture(scope="module")
def evil_links(tmp_path_factory):
    """A site with a component for each of the addresses."""
    entities = [
        entity(
            name=f"evil-{number}",
            description=f"[click]({address.strip()}) <{address.strip()}>",
            links=[{"url": address, "title": "click"}],
            annotations={"backstage.io/view-url": address, "backstage.io/source-location": f"url:{address}"},
        )
        for number, address in enumerate(EVIL_LINKS)
    ]
    return built(tmp_path_factory.mktemp("portal"), evil=entities)


@pytest.mark.parametrize("number", range(len(EVIL_LINKS)), ids=EVIL_LINKS)
def test_a_link_that_would_run_something_is_no_link(evil_links, number):
    assert_harmless((evil_links / f"catalog/default/component/evil-{number}/index.html").read_text())


def test_sentinels_of_the_frames_in_a_description_stay_what_they_are(tmp_path):
    site = built(tmp_path, evil=[entity(title=SENTINELS, description=SENTINELS)])
    html = (site / "catalog/default/component/evil/index.html").read_text()
    body = html[html.index("<article") :]
    assert body.count(SENTINELS) >= 2
    assert html.count("<article") == 1
    other = (site / "catalog/default/component/shop/index.html").read_text()
    assert "qzcontentzq" not in other


def test_placeholders_never_leave_their_repository(tmp_path):
    (tmp_path / "secret.txt").write_text("hunter2-outside")
    names = [
        "../../secret.txt",
        "../ledger/catalog-info.yaml",
        "/etc/passwd",
        "file:///etc/passwd",
        str(tmp_path / "secret.txt"),
        "link.txt",
        "folder-link/secret.txt",
    ]
    apis = [entity("API", f"evil-{i}", {"type": "openapi", "definition": {"$text": name}}) for i, name in enumerate(names)]
    repository = tmp_path / "repositories/evil"
    repository.mkdir(parents=True)
    (repository / "link.txt").symlink_to(tmp_path / "secret.txt")
    (repository / "folder-link").symlink_to(tmp_path)
    (repository / "loop").symlink_to(repository)
    site = built(tmp_path, evil=apis)
    for file in site.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"hunter2-outside" not in content, file
            assert b"root:x:0" not in content, file
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["counts"]["entities_by_kind"]["api"] == len(names)
    assert sum(n for code, n in report["counts"]["problems_by_code"].items() if code.startswith("PLC")) == len(names)


def test_a_descriptor_that_is_a_link_out_of_the_repository_is_not_read(tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text(yaml.safe_dump(entity(name="outsider")))
    folder = tmp_path / "repositories/evil/sub"
    folder.mkdir(parents=True)
    (folder / "catalog-info.yaml").symlink_to(outside)
    site = built(tmp_path)
    assert not list(site.rglob("*outsider*"))


def test_names_that_look_like_files_get_pages_of_their_own(tmp_path):
    names = ["index.html", "entity.json", "con", "aux.x", "a.b", "404.html", "sitemap.xml", "CON", "x" * 63]
    site = built(tmp_path, evil=[entity(name=name) for name in names if name != "CON"])
    pages = list((site / "catalog/default/component").rglob("index.html"))
    assert len([p for p in pages if p.is_file()]) == len(names) - 1 + 2
    listed = {e["metadata"]["name"] for e in json.loads((site / "api/catalog/entities.json").read_text())}
    assert set(names) - {"CON"} <= listed


def test_a_name_that_is_a_path_makes_no_page(tmp_path):
    names = ["../../../evil", "..", "a/b", "a\\b", "%2e%2e", "x" * 64, "", ".hidden", "a\x00b"]
    site = built(tmp_path, **{f"evil-{number}": [entity(name=name)] for number, name in enumerate(names)})
    assert not (tmp_path / "evil").exists()
    assert {folder.name for folder in (site / "catalog/default/component").iterdir()} == {"shop", "ledger"}


def test_a_bomb_of_aliases_and_a_giant_file_are_refused_and_the_rest_is_built(tmp_path):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    deep = "apiVersion: v1\nkind: Component\nmetadata: {name: deep}\nspec: " + "[" * 5000 + "]" * 5000
    giant = yaml.safe_dump(entity(name="giant", description="x" * 3_000_000))
    many = "---\n".join(yaml.safe_dump(entity(name=f"many-{i % 50}")) for i in range(1_200))
    site = built(
        tmp_path,
        bomb=f"{bomb}apiVersion: v1\nkind: Component\nmetadata: {{name: bomb}}\n",
        deep=deep,
        giant=giant,
        garbage=bytes(range(256)) * 50,
        many=many,
    )
    assert (site / "catalog/default/component/shop/index.html").exists()
    assert not (site / "catalog/default/component/giant").exists()
    assert not (site / "catalog/default/component/bomb").exists()
    codes = json.loads((tmp_path / "report.json").read_text())["counts"]["problems_by_code"]
    assert codes.get("YML005", 0) >= 2
    assert codes.get("YML006", 0) + codes.get("YML005", 0) >= 3


def test_secrets_pasted_into_a_descriptor_are_nowhere_on_the_site(tmp_path):
    token = "ghp_" + "a1B2c3D4" * 5
    evil = entity(description=f"Use {token}", annotations={"x.example/token": token}, spec={"token": token})
    api = entity("API", "evil-api", {"type": "openapi", "definition": f"openapi: 3.0.0\nx-token: {token}\n"})
    site = built(tmp_path, evil=[evil, api])
    assert [file for file in site.rglob("*") if file.is_file() and token.encode() in file.read_bytes()] == []
    assert token not in callboard(tmp_path, "lint").stdout
    assert token not in callboard(tmp_path, "lint", "--format", "json").stdout


def test_no_page_asks_another_host_for_anything(tmp_path):
    picture = entity(
        "User",
        "face",
        {"memberOf": [], "profile": {"picture": "https://evil.example/x.png"}},
        description="![x](https://evil.example/pixel.png)",
    )
    site = built(tmp_path, evil=[picture])
    for page in site.rglob("*.html"):
        html = page.read_text()
        loaded = re.findall(
            r"<(?:img|script|link|iframe|source|video|audio|embed|object|use|image)\b[^>]*?(?:src|href)=[\"']?([^\"' >]+)", html
        )
        assert not [a for a in loaded if a.startswith(("http:", "https:", "//")) and not a.startswith("https://portal.example/")], page
        assert 'http-equiv="Content-Security-Policy"' in html or "http-equiv=Content-Security-Policy" in html


def test_every_json_file_of_a_site_is_harmless_with_any_content_type(tmp_path):
    """No character begins markup or ends a line of a script, and the values are those of the descriptors."""
    words = f"{SCRIPT} & \u2028 \u2029 <!--#exec --> <?php ?>"
    ends = ("html", "shtml", "svg", "js", "xhtml")
    evil = [
        entity(name=f"evil.{end}", title=words, description=words, annotations={"a/b": words}, spec={"type": words, words: words})
        for end in ends
    ]
    site = built(tmp_path, evil=evil)
    files = [path for path in site.rglob("*") if path.suffix in {".json", ".jsonl"} or ("by-name" in path.parts and path.is_file())]
    assert len(files) > len(ends) + 10
    for path in files:
        content = path.read_bytes()
        assert not re.search("[<>&\u2028\u2029]", content.decode()), path
        for line in content.splitlines() if path.suffix == ".jsonl" else [content]:
            json.loads(line)
    file = site / "api/catalog/entities/by-name/component/default/evil.html"
    assert json.loads(file.read_bytes())["metadata"]["description"].startswith(f"{SCRIPT} & \u2028 \u2029")
