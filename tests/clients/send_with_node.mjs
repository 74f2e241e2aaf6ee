// Sends what the test expects to find: node send_with_node.mjs <host> <token>
import { PostHog } from "posthog-node"

const [host, token] = process.argv.slice(2)
const errors = []
const client = new PostHog(token, { host, flushAt: 100, flushInterval: 0 })
client.on("error", (error) => errors.push(String(error)))

client.capture({
    distinctId: "ann",
    event: "signed up",
    properties: { plan: "free", ü: "✓", list: [1, { a: null }] },
    timestamp: new Date("2026-03-01T10:00:00Z"),
    uuid: "0192f5a0-0000-7000-8000-00000000000a",
    groups: { company: "hogflix" },
})
client.identify({ distinctId: "ann", properties: { $set: { email: "ann@hogflix.com" }, $set_once: { source: "ad" } } })
client.alias({ distinctId: "ann", alias: "ann@work" })
client.capture({ distinctId: "ann@work", event: "paid", properties: { amount: 12.5 } })
client.groupIdentify({ groupType: "company", groupKey: "hogflix", properties: { seats: 9 } })
const flags = await client.getAllFlags("ann")
await client.shutdown()

console.log(JSON.stringify({ flags, errors }))
