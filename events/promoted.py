# Properties that everybody breaks down by stand in columns of their own, which Postgres fills from `properties`.
PROMOTED_PROPERTIES = {
    "$browser": "prop_browser",
    "$os": "prop_os",
    "$current_url": "prop_current_url",
    "$referring_domain": "prop_referring_domain",
    "$session_id": "prop_session_id",
    "$group_0": "group_0",
    "$group_1": "group_1",
    "$group_2": "group_2",
    "$group_3": "group_3",
    "$group_4": "group_4",
}
