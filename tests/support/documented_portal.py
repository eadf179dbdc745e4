"""A small portal with one repository in a folder: entities with annotations in, its documentation out."""

from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.documentation.building import portal_documentation
from callboard.model.entity import Entity, Origin
from callboard.model.ref import EntityRef
from callboard.settings.settings import DocsSettings, Settings
from callboard.settings.settings import Portal as SitePortal
from callboard.sources.files.folder import FolderTree
from callboard.sources.hosts import Web

WEB = Web("https://github.com/acme/payments/blob/main/{path}", "#L{line}", "https://github.com/acme/payments/edit/main/{path}")
PAYMENTS = EntityRef("component", "default", "payments")


class DocumentedPortal:
    """A repository in a folder, and entities with annotations."""

    def __init__(self, folder):
        self.folder = folder
        self.repository = folder / "repository"
        self.entities = {}
        self.docs = DocsSettings()
        self.audience = "internal"

    def write(self, **files):
        for name, text in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def entity(self, name="payments", path="catalog-info.yaml", **annotations):
        ref = EntityRef("component", "default", name)
        keys = {f"backstage.io/techdocs-{key.replace('_', '-')}": value for key, value in annotations.items()}
        origin = Origin("s", "tree", "acme/payments", "", path, 0, 1)
        self.entities[ref] = Entity(
            ref, "Component", "v1", {"name": name, "namespace": "default", "annotations": keys}, {}, origin, name, ""
        )
        return self

    def built(self, program="1"):
        files = sorted(path.relative_to(self.repository).as_posix() for path in self.repository.rglob("*") if path.is_file())
        tree = FolderTree(self.repository.resolve(), "tree", "acme/payments", "", files, WEB)
        catalog, _ = link(self.entities.values(), builtin_kinds(), is_complete=True)
        settings = Settings(self.folder, self.folder / "sources.yaml", docs=self.docs, portal=SitePortal(audience=self.audience))
        self.catalog, self.trees = catalog, {("s", "tree"): tree}
        return portal_documentation(catalog, self.trees, settings, program)

    def made(self):
        return self.built().sets[PAYMENTS]
