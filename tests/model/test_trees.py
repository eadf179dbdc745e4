"""What a tree offers besides reading is seen through trees that delegate to it, on every version of Python."""

import pytest

from callboard.model.tree import CommitRanges, KnownFolders, OtherRevisions, has_commit_ranges, has_known_folders, has_other_revisions

OFFERS = {
    has_known_folders: (KnownFolders, ("expect_folders", "expect_changes", "file_id", "is_same", "last_author")),
    has_other_revisions: (OtherRevisions, ("read_at",)),
    has_commit_ranges: (CommitRanges, ("commits_between",)),
}


class Delegating:
    def __init__(self, tree):
        self.tree = tree

    def __getattr__(self, name):
        return getattr(self.tree, name)


@pytest.mark.parametrize("question", OFFERS)
def test_a_tree_offers_what_it_delegates_and_nothing_less(question):
    protocol, names = OFFERS[question]
    tree = type("Tree", (), dict.fromkeys(names, lambda *_: None))()
    assert question(tree)
    assert question(Delegating(Delegating(tree)))
    for missing in names:
        assert not question(Delegating(type("Tree", (), {name: None for name in names if name != missing})()))
    assert {name for name in vars(protocol) if not name.startswith("_")} == {*names}


@pytest.mark.parametrize("protocol", [KnownFolders, OtherRevisions, CommitRanges])
def test_isinstance_is_not_asked_which_would_not_see_it(protocol):
    with pytest.raises(TypeError):
        isinstance(object(), protocol)
