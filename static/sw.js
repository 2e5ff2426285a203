// The shell and two pages without anything personal; all else goes to the network and is never kept.
const CACHE = `shell-${VERSION}`

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => skipWaiting()))
})
addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n))))
  event.waitUntil(old.then(() => clients.claim()))
})
addEventListener("fetch", (event) => {
  const { request } = event
  const path = new URL(request.url).pathname
  if (request.method !== "GET") return
  if (SHELL.includes(path) && path.startsWith("/static/")) {
    event.respondWith(caches.match(path).then((kept) => kept ?? fetch(request)))
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(path === "/crisis" ? "/crisis" : "/offline")))
  }
})
