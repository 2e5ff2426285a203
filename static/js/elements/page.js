// A page that the browser kept for Back is asked for anew, and a supporter's page clears when sharing changes.
addEventListener("pageshow", (event) => { if (event.persisted) { document.body.replaceChildren(); location.reload() } })

// Back after Leave, maybe before the server heard of it: show nothing, have the visit closed for certain, then ask anew.
function left() { try { return sessionStorage.left } catch { return null } }
if (left()) {
  document.body.replaceChildren()
  fetch("/leave", { redirect: "manual" }).catch(() => {}).finally(() => { sessionStorage.clear(); location.reload() })
}

const epoch = document.querySelector("main[data-epoch]")
const shared = location.pathname.match(/^\/with\/[0-9a-f-]{36}/)?.[0]
async function still() {
  if (!epoch || !shared || document.hidden) return
  const answer = await fetch(`/live/epoch${shared}`, { cache: "no-store" }).catch(() => null)
  if (!answer) return
  if (!answer.ok || (await answer.text()) !== epoch.dataset.epoch) { document.body.replaceChildren(); location.reload() }
}
if (epoch) {
  setInterval(still, 15000)
  document.addEventListener("visibilitychange", still)
}
// What a phone shows of its open pages says nothing.
document.addEventListener("visibilitychange", () => document.documentElement.classList.toggle("covered", document.hidden))

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {})
