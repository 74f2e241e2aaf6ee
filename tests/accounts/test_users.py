def test_me_is_the_caller(api, alice, organization, team):
    me = api("user:read").get("/api/users/@me/").json()

    assert me["email"] == "alice@hogflix.com"
    assert me["team"]["api_token"] == team.api_token
    assert me["organization"]["id"] == str(organization.pk)
    assert [o["name"] for o in me["organizations"]] == ["Hogflix"]
