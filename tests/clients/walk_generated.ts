// The main roads of the API with types generated from its own document: node walk_generated.js <host> <project> <key>
import { deepStrictEqual, match, strictEqual } from "node:assert"

import createClient from "openapi-fetch"

import type { components, paths } from "./posthog.js"

type Dashboard = components["schemas"]["Dashboard"]

const [host, project_id, key] = process.argv.slice(2)
const client = createClient<paths>({ baseUrl: host, headers: { Authorization: `Bearer ${key}` } })
const ofProject = { project_id }

const me = await client.GET("/api/users/{uuid}/", { params: { path: { uuid: "@me" } } })
strictEqual(me.data?.email, "alice@hogflix.com")

const made = await client.POST("/api/projects/{project_id}/dashboards/", {
    params: { path: ofProject },
    body: { name: "Growth", tags: ["Weekly"] },
})
strictEqual(made.response.status, 201)
const dashboard: Dashboard = made.data!
deepStrictEqual(dashboard.tags, ["weekly"])
const ofDashboard = { ...ofProject, id: dashboard.id }

const insight = await client.POST("/api/projects/{project_id}/insights/", {
    params: { path: ofProject },
    body: {
        name: "Sign-ups",
        dashboards: [dashboard.id],
        query: {
            kind: "InsightVizNode",
            source: { kind: "TrendsQuery", series: [{ kind: "EventsNode", event: "signed up", math: "total" }] },
        },
    },
})
deepStrictEqual(insight.data?.dashboards, [dashboard.id])

const answer = await client.GET("/api/projects/{project_id}/dashboards/{id}/run_insights/", {
    params: { path: ofDashboard, query: { refresh: "blocking", output_format: "json" } },
})
const [tile] = answer.data!.results
strictEqual(tile.insight.id, insight.data?.id)
strictEqual((tile.insight.result as { count: number }[])[0].count, 3)

const changed = await client.PATCH("/api/projects/{project_id}/dashboards/{id}/", {
    params: { path: ofDashboard },
    body: { description: "Of the week", pinned: true },
})
deepStrictEqual([changed.data?.name, changed.data?.description, changed.data?.pinned], ["Growth", "Of the week", true])
strictEqual(changed.data?.tiles?.[0].insight?.name, "Sign-ups")

const tagged = await client.POST("/api/projects/{project_id}/dashboards/bulk_update_tags/", {
    params: { path: ofProject },
    body: { ids: [dashboard.id], action: "add", tags: ["board"] },
})
deepStrictEqual(tagged.data?.updated, [{ id: dashboard.id, tags: ["board", "weekly"] }])

const shared = await client.PATCH("/api/projects/{project_id}/dashboards/{dashboard_id}/sharing/", {
    params: { path: { ...ofProject, dashboard_id: dashboard.id } },
    body: { enabled: true },
})
strictEqual(shared.data?.enabled, true)
match(shared.data?.access_token ?? "", /^[\w-]{20,}$/)

await client.POST("/api/projects/{project_id}/dashboards/", { params: { path: ofProject }, body: { name: "Zebra" } })
const page = await client.GET("/api/projects/{project_id}/dashboards/", {
    params: { path: ofProject, query: { limit: 1, offset: 1 } },
})
deepStrictEqual([page.data?.count, page.data?.results.map((row) => row.name), page.data?.next], [2, ["Zebra"], null])
match(page.data?.previous ?? "", /limit=1/)

const removed = await client.PATCH("/api/projects/{project_id}/dashboards/{id}/", {
    params: { path: ofDashboard },
    body: { deleted: true },
})
strictEqual(removed.data?.deleted, true)

const gone = await client.GET("/api/projects/{project_id}/dashboards/{id}/", { params: { path: ofDashboard } })
strictEqual(gone.response.status, 404)
strictEqual(gone.error?.code, "not_found")

const refused = await client.POST("/api/projects/{project_id}/insights/", {
    params: { path: ofProject },
    body: { dashboards: [0] },
})
deepStrictEqual([refused.response.status, refused.error?.attr], [400, "dashboards"])

console.log("walked")
