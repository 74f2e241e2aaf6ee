from tagging.models import Tag
from tagging.services import set_tags
from tests.factories.insights import InsightFactory


def names(row):
    return sorted(tag.name for tag in row.tags.all())


def test_strips_lowers_and_drops_doubles_and_blanks(team):
    insight = InsightFactory(team=team)

    set_tags(insight, [" Growth ", "growth", "", "  ", "Öl"], team=team)

    assert names(insight) == ["growth", "öl"]


def test_uses_the_tag_that_is_there(team):
    first, second = InsightFactory.create_batch(2, team=team)
    set_tags(first, ["growth"], team=team)
    tag = Tag.objects.get()

    set_tags(second, ["growth"], team=team)

    assert list(second.tags.all()) == [tag]


def test_looks_for_unworn_tags_only_after_taking_some_off(team, commits, django_assert_num_queries):
    insight = InsightFactory(team=team)

    # a savepoint's two; tags, worn, on
    with django_assert_num_queries(5), commits() as looked:
        set_tags(insight, ["growth", "new"], team=team)
    assert looked == []

    with commits() as looked:
        set_tags(insight, ["growth"], team=team)
    assert len(looked) == 1


def test_removes_what_nobody_wears_any_more(team, commits):
    first, second = InsightFactory.create_batch(2, team=team)
    set_tags(first, ["shared", "lonely"], team=team)
    set_tags(second, ["shared"], team=team)

    with commits():
        set_tags(first, [], team=team)

    assert [tag.name for tag in Tag.objects.all()] == ["shared"]


def test_the_same_name_in_two_projects_is_two_tags(team, charlie):
    ours, theirs = InsightFactory(team=team), InsightFactory(team=charlie.current_team)
    set_tags(ours, ["growth"], team=team)
    set_tags(theirs, ["growth"], team=theirs.team)

    assert ours.tags.get() != theirs.tags.get()
