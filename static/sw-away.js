// Switched off by the operator: this worker empties its caches and takes itself away. It touches no page that is open.
addEventListener("install", () => skipWaiting())
addEventListener("activate", (event) => {
  const emptied = caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))
  event.waitUntil(emptied.then(() => registration.unregister()))
})
