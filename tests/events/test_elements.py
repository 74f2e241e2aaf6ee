import pytest

from events.capture.elements import take_elements_chain


@pytest.mark.parametrize(
    ("elements", "chain"),
    [
        ([{"tag_name": "a"}, {"tag_name": "div"}], "a:;div:"),
        ([{"tag_name": "a", "attr__class": ["b", "a"]}], "a.a.b:"),
        ([{"tag_name": "a", "$el_text": 'say "hi"\\'}], 'a:text="say \\"hi\\"\\\\"'),
        ([{"tag_name": "a", "attr__id": "x", "attr__data-y": "z", "other": 1}], 'a:attr__data-y="z"attr_id="x"'),
        ([{"tag_name": None, "nth_child": None}, "junk", 7], ":"),
        ("junk", ""),
    ],
)
def test_elements_become_one_text(elements, chain):
    properties = {"$elements": elements, "kept": 1}

    assert take_elements_chain(properties) == chain
    assert properties == {"kept": 1}


def test_a_chain_that_the_browser_made_is_kept_as_it_is():
    properties = {"$elements_chain": 'a:text="x"', "$elements": [{"tag_name": "b"}]}

    assert take_elements_chain(properties) == 'a:text="x"'
    assert properties == {}
