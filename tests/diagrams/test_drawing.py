import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from callboard.diagrams.drawing import BOX_WIDTHS, diagram, draw
from callboard.diagrams.graph import WORDS, Edge, Graph, Node
from callboard.diagrams.layered import lay_out
from callboard.diagrams.layout import CACHE_FILE, Layouts
from callboard.diagrams.shape import BOX_HEIGHT, COLUMN_GAP, LABELLED, LABELLED_GAP, Shape, canonical, forward, spread

HOSTILE = [
    "<script>alert(1)</script>",
    "\"' onload=x",
    ']; n0 [image="/etc/passwd"',
    "a" * 5000,
    "خدمة الدفع",
    "\u202eevil",
    "🚀" * 40,
    "&amp;",
    "",
]


def graph(*edges, title="A title", labels=None, state=None):
    ids = dict.fromkeys(i for edge in edges for i in edge[:2])
    nodes = (Node(i, (labels or {}).get(i, i), "service · team", "entity", f"catalog/{i}/", (state or {}).get(i, "")) for i in ids)
    return Graph(title, tuple(nodes), tuple(Edge(e[0], e[1], e[2] if len(e) > 2 else "depends") for e in edges))


STAR = graph(("a", "root"), ("b", "root"), ("root", "c"), ("root", "d"), ("d", "e", "api"), state={"root": "root"})
layouts = Layouts()


def boxes(svg):
    tree = ET.fromstring(str(svg))
    corner = re.compile(r"translate\((\d+) (\d+)\)")
    return [tuple(map(int, corner.fullmatch(n.get("transform")).groups())) for n in tree.iter() if n.get("transform")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_words_and_nothing_else(text):
    node = Node("x", text, text, text, text, "root")
    svg = draw(Graph(text, (node, Node("y", "y", "", "i", "")), (Edge("x", "y", "api"),)), layouts, "../")
    tree = ET.fromstring(str(svg))
    assert {n.tag for n in tree.iter()} == {"div", "svg", "title", "path", "a", "g", "rect", "use", "text", "span"} - (
        {"a"} if not text else set()
    )
    allowed = {"class", "viewBox", "width", "height", "role", "aria-labelledby", "id", "d", "href", "transform", "rx", "x", "y"}
    assert {key for n in tree.iter() for key in n.attrib} <= allowed | {"textLength", "lengthAdjust"}
    assert all(len(n.text or "") <= 49 for n in tree.iter("text"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_a_name_is_the_drawing_is_well_formed(label, sub):
    clean = label.translate(dict.fromkeys(range(32))), sub.translate(dict.fromkeys(range(32)))
    if any(0xD800 <= ord(c) <= 0xDFFF or c in "\ufffe\uffff" for c in "".join(clean)):
        return
    svg = draw(Graph("t", (Node("x", clean[0], clean[1], "i", "p/"), Node("y", "y", "", "i", "")), (Edge("x", "y", "api"),)), layouts, "./")
    assert len(list(ET.fromstring(str(svg)).iter("a"))) == 1


def test_links_lead_to_pages_by_the_way_to_the_root():
    svg = draw(STAR, layouts, "../../../../")
    assert re.findall(r'<a href="([^"]*)"', svg) == [f"../../../../catalog/{i}/" for i in ("a", "root", "b", "c", "d", "e")]
    assert set(re.findall(r'<use href="([^"]*)"', svg)) == {"../../../../assets/icons.svg#i-entity"}


def test_what_does_not_exist_is_marked_and_no_link():
    svg = draw(
        Graph("t", (Node("x", "x", "", "i", "p/"), Node("y", "gone", "", "missing", "", "missing")), (Edge("x", "y", "depends"),)),
        layouts,
        "./",
    )
    assert '<g class="cb-graph__node cb-graph__node--missing"' in svg
    assert svg.count("<a ") == 1


def test_title_and_ids_belong_to_their_diagram():
    one, two = draw(STAR, layouts, "./", key="one"), draw(STAR, layouts, "./", key="two")
    assert 'aria-labelledby="one-title"><title id="one-title">A title</title>' in one
    assert 'id="two-title"' in two


def test_colours_are_classes():
    assert not re.search(r"style=|fill=|stroke=|#[0-9a-f]{3,6}\b", draw(STAR, layouts, "./"))


def test_a_box_alone_is_not_drawn():
    assert draw(Graph("t", (Node("x", "x", "", "i", ""),), ()), layouts, "./") == ""


def test_edges_through_an_api_are_dashed_and_structure_has_no_arrow():
    svg = draw(graph(("a", "b", "api"), ("b", "c", "member")), layouts, "./")
    assert svg.count("cb-graph__edge--api") == svg.count("cb-graph__edge--member") == 1
    assert re.search(r'cb-graph__tip" d="M\d+ \d+l-7-3.5v7z"', svg)


def test_a_circle_of_two_is_one_line_with_two_arrows():
    svg = draw(graph(("a", "b"), ("b", "a")), layouts, "./")
    assert re.search(r'cb-graph__tip" d="M\d+ \d+l-7-3.5v7zM\d+ \d+l7-3.5v7z"', svg)


def test_the_drawing_opens_on_its_root():
    assert '<span class="cb-graph-start cb-graph-start--' in draw(STAR, layouts, "./")


def test_a_long_name_is_cut_and_whole_in_the_tooltip():
    svg = draw(graph(("a", "b"), labels={"a": "a-very-long-name-that-does-not-end"}), layouts, "./")
    assert "<title>a-very-long-name-that-does-not-end, service · team</title>" in svg
    assert ">a-very-long-name-that-d…</text>" in svg


def test_the_same_graph_is_the_same_drawing():
    assert draw(STAR, Layouts(), "./") == draw(STAR, Layouts(), "./") == draw(STAR, layouts, "./")


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)


@given(EDGES, st.sampled_from([0, 2, 5]))
def test_boxes_never_overlap_and_stand_inside_the_drawing(pairs, most):
    edges = [(f"n{a}", f"n{b}") for a, b in pairs]
    found = Graph("t", graph(*edges, ("n0", "n1")).nodes, graph(*edges, ("n0", "n1")).edges, most)
    svg = draw(found, layouts, "./")
    width, height = map(int, re.search(r'width="(\d+)" height="(\d+)"', svg).groups())
    corners = boxes(svg)
    assert layouts.statistics.failures == []
    for i, (x, y) in enumerate(corners):
        assert x + BOX_WIDTHS[0] <= width
        assert y + BOX_HEIGHT <= height
        assert all(abs(x - x2) >= BOX_WIDTHS[0] or abs(y - y2) >= BOX_HEIGHT for x2, y2 in corners[i + 1 :])


@given(EDGES)
def test_lines_lead_from_box_to_box_to_the_right_and_stay_inside(pairs):
    edges = forward(10, [(a, b) for a, b in pairs if a != b] or [(0, 1)])
    number = {node: i for i, node in enumerate(sorted({node for edge in edges for node in edge}))}
    shape = Shape(144, len(number), tuple(sorted({(number[a], number[b]) for a, b in edges})))
    places = lay_out(shape)
    routes = dict(places.routes)
    assert all(places.corners[a][0] < places.corners[b][0] for a, b in shape.edges)
    for i, (a, b) in enumerate(shape.edges):
        (x0, y0), (x1, y1) = places.corners[a], places.corners[b]
        is_long = x1 - x0 > 144 + LABELLED_GAP
        assert is_long == (i in routes)
        if is_long:
            assert (routes[i][:2], routes[i][-2:]) == ((x0 + 144, y0 + BOX_HEIGHT // 2), (x1, y1 + BOX_HEIGHT // 2))
            assert all(0 <= y <= places.height for y in routes[i][1::2])
            assert not any(
                inside(point, corner) for point in zip(routes[i][::2], routes[i][1::2], strict=True) for corner in places.corners
            )


def inside(point, corner):
    return 0 < point[0] - corner[0] < BOX_WIDTHS[0] - 16 and 0 < point[1] - corner[1] < BOX_HEIGHT


def test_boxes_of_a_tree_stand_beside_their_parents_and_lines_do_not_cross():
    tree = Shape(144, 7, ((0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)))
    assert [y for _, y in lay_out(tree).corners] == [84, 28, 140, 0, 56, 112, 168]


def test_a_long_line_bends_around_the_boxes_that_it_passes():
    places = lay_out(Shape(144, 3, ((0, 1), (0, 2), (1, 2))))
    ((edge, points),) = places.routes
    assert edge == 1
    assert not any(inside(point, places.corners[1]) for point in zip(points[::2], points[1::2], strict=True))


def test_what_stands_first_and_last_has_columns_of_its_own():
    places = lay_out(Shape(144, 5, ((0, 2), (1, 4), (2, 3), (2, 4)), first=(0,), last=(4,)))
    columns = sorted({x for x, _ in places.corners})
    assert [columns.index(x) for x, _ in places.corners] == [0, 2, 1, 2, 3]


def test_lines_of_two_that_would_cross_are_untangled():
    places = lay_out(Shape(144, 6, ((0, 5), (1, 4), (2, 3))))
    assert [places.corners[a][1] for a, _ in ((0, 5), (1, 4), (2, 3))] == [places.corners[b][1] for _, b in ((0, 5), (1, 4), (2, 3))]


@given(EDGES)
def test_forward_edges_have_no_circle_and_lose_none(pairs):
    pairs = [(a, b) for a, b in pairs if a != b]
    found = forward(10, pairs)
    assert {frozenset(p) for p in found} == {frozenset(p) for p in pairs}
    level = spread(10, found, 0)
    assert all(level[a] < level[b] for a, b in found)


@given(EDGES, st.permutations(range(10)))
def test_trees_that_differ_in_order_alone_have_one_shape(pairs, order):
    tree = sorted({(min(a, b), max(a, b)) for a, b in {max(p): p for p in pairs if p[0] != p[1]}.values()})
    shape = Shape(160, 10, tuple(tree))
    other = Shape(160, 10, tuple(sorted((order[a], order[b]) for a, b in tree)))
    assert canonical(shape)[0] == canonical(other)[0]


def test_shapes_are_placed_once_and_kept_for_the_next_build(tmp_path):
    first = Layouts(tmp_path)
    same = graph(("p", "q"), ("o", "q"), ("q", "r"), ("q", "s"), ("r", "t", "api"), state={"q": "root"})
    drawn = [draw(g, first, "./") for g in (STAR, STAR, same)]
    assert first.statistics.placed == 1
    second = Layouts(tmp_path)
    assert [draw(g, second, "./") for g in (STAR, STAR, same)] == drawn
    assert (second.statistics.read, second.statistics.placed) == (1, 0)


def test_a_shape_that_another_process_has_laid_out_meanwhile_is_read(tmp_path):
    one, other = Layouts(tmp_path), Layouts(tmp_path)
    chain = graph(("p", "q"), ("q", "r"))
    draw(chain, one, "./")
    draw(graph(("p", "q")), other, "./")  # has read the file before the other shape is added
    drawn = draw(STAR, one, "./")
    file = tmp_path / CACHE_FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])  # as a process finds it while another one writes
    in_part = Layouts(tmp_path)
    draw(chain, in_part, "./")
    file.write_bytes(whole)
    assert [draw(STAR, each, "./") for each in (other, in_part)] == [drawn, drawn]
    assert (other.statistics.read, other.statistics.placed) == (1, 1)
    assert in_part.statistics.placed == 0


@pytest.mark.parametrize(
    "spoil",
    [lambda line: line[:90], lambda line: line[:65] + "[1,2,[],[]]", lambda line: line[:65] + '[1,2,[["<x>",1]],[]]', lambda _: "\x00\n\n"],
)
def test_a_broken_cache_is_as_good_as_none(tmp_path, spoil):
    drawn = draw(STAR, Layouts(tmp_path), "./")
    file = tmp_path / CACHE_FILE
    file.write_text(spoil(file.read_text()))
    again = Layouts(tmp_path)
    assert draw(STAR, again, "./") == drawn
    assert again.statistics.placed == 1


def test_places_are_pixels_from_the_upper_left():
    assert lay_out(Shape(144, 2, ((0, 1),))).corners == ((0, 0), (144 + LABELLED_GAP, 0))
    crowd = tuple((0, head) for head in range(1, LABELLED + 2))
    assert lay_out(Shape(144, LABELLED + 2, crowd)).corners[1] == (144 + COLUMN_GAP, 0)


def test_a_few_lines_have_labels_and_every_diagram_says_what_its_lines_mean():
    few = draw(STAR, layouts, "./")
    assert few.count("cb-graph__label") == len(STAR.edges) <= LABELLED
    crowd = graph(*((f"a{number}", "root") for number in range(LABELLED + 1)))
    assert "cb-graph__label" not in draw(crowd, layouts, "./")
    shown = diagram(crowd, layouts, "./", {**WORDS, "diagram_line_depends": "braucht"})
    assert shown.legend == (("depends", "braucht"),)
    assert Markup("{}").format(shown) == shown.svg  # a template that shows the diagram as it is
