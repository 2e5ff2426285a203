// The shell and the pages without anything personal, in each language; all else goes to the network and is never kept.
const CACHE = `shell-${VERSION}`
const cleared = (keep) => caches.keys().then((names) => Promise.all(names.filter((n) => n !== keep).map((n) => caches.delete(n))))

addEventListener("install", (event) => {
  // Fetched as nobody, so that what is kept is nobody's.
  const shell = SHELL.map((path) => new Request(path, { credentials: "omit", cache: "reload" }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(shell)).then(() => skipWaiting()))
})

addEventListener("activate", (event) => event.waitUntil(cleared(CACHE).then(() => clients.claim())))

addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname, search } = new URL(request.url)
  if (request.method !== "GET" || origin !== location.origin) return
  if (pathname.startsWith("/static/") && SHELL.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((found) => found ?? fetch(request)))
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => without(pathname, search)))
  }
})

// Without signal: the crisis page where that was asked for, else the page that says so, in the phone's language.
async function without(pathname, search) {
  const page = pathname === "/crisis" || pathname === "/offline" ? pathname : "/offline"
  const spoken = `?in=${navigator.language.slice(0, 2)}`
  const found = await Promise.all([search, spoken, "?in=en"].map((end) => caches.match(page + end)))
  return found.find(Boolean) ?? Response.error()
}
