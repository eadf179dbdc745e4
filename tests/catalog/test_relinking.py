"""An edited catalog linked with what the last linking left is the one that a fresh linking gives."""

import random

import pytest

from callboard.catalog.linking import LinkCache, link
from callboard.state.summaries import summarize
from catalog_builders import KINDS, make

NAMES = ("shop", "shopp", "basket", "basket-db", "payments", "mailer", "team-a")
KINDS_USED = ("component", "resource", "api", "group", "user", "system")


def some_entity(dice: random.Random):
    kind, name = dice.choice(KINDS_USED), dice.choice(NAMES)
    spec = [
        f"owner={dice.choice(NAMES)}" if kind not in {"group", "user"} else "",
        f"dependsOn=[{dice.choice(KINDS_USED)}:{dice.choice(NAMES)},{dice.choice(NAMES)}]" if dice.random() < 0.5 else "",
        f"system={dice.choice(NAMES)}" if dice.random() < 0.5 else "",
        f"lifecycle={dice.choice(('production', 'deprecated'))}" if kind in {"component", "api"} else "",
    ]
    return make(" ".join([f"{kind}:{name}", *filter(None, spec)]))


@pytest.mark.long
def test_what_the_last_linking_left_changes_nothing():
    dice, kept, known, entities = random.Random(11), LinkCache(), {}, []
    for _ in range(300):
        if entities and dice.random() < 0.4:
            del entities[dice.randrange(len(entities))]
        else:
            entities.append(some_entity(dice))
        catalog, problems = link(entities, KINDS)
        again, found = link(entities, KINDS, cache=kept)
        assert (again.entities, again.relations, found) == (catalog.entities, catalog.relations, problems)
        assert list(again.relations) == list(catalog.relations)
        assert summarize(again, known) == summarize(catalog)


def test_an_unchanged_entity_is_not_read_again(monkeypatch):
    asked = []
    monkeypatch.setattr("callboard.catalog.linking.read_references", lambda entity, _kind, _stated: asked.append(str(entity.ref)))
    kept, shop, basket = LinkCache(), make("component:shop"), make("component:basket")
    link([shop, basket], KINDS, cache=kept)
    link([shop, make("component:basket owner=team-a")], KINDS, cache=kept)
    assert asked == ["component:default/basket", "component:default/shop", "component:default/basket"]
