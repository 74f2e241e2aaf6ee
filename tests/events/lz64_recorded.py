"""Texts, and what lz-string's compressToBase64 made of them."""

RECORDED = [
    (
        '{"event": "seen", "distinct_id": "ann", "properties": {"where": "ünder ✓ 🦔"}}',
        "N4IgpgbmB2AuIC4AEIDOYYgDQoCYEtVZ9oBjWAfX10RQENppsUAHAJwHsWw3ixVaoAO4ALHmFogAP9Fw8kgZHIkgPg3AKbsgAvhqA===",
    ),
    ("a", "IZA="),
    ("x" * 1000, "B418ZXTt/DFOS1b0c17Pd/wYUcSaWeRZVdTbXTEA"),
    (
        "abcabcabc ABCABC 0123456789 " * 5,
        "IYIwxqHgBAggQgYQY6AGAjAJgMwBYBWANgHYAOATmkhphRXW32PKtqjDiQc10NMrVw7LsiSM+LQe0iieTfq2hA==",
    ),
]
