// Leave at once: cover the page, end the visit on the server, and put a neutral page in place of this one.
class QuickExit extends HTMLElement {
  connectedCallback() {
    this.presses = []
    for (const kind of ["click", "keydown"]) document.addEventListener(kind, this)
  }
  disconnectedCallback() { for (const kind of ["click", "keydown"]) document.removeEventListener(kind, this) }
  handleEvent(event) {
    if (event.type === "keydown") return this.press(event)
    if (!event.target.closest('a[href="/leave"]')) return
    event.preventDefault()
    this.leave()
  }
  // Shift three times within five seconds, but not while typing: phone keyboards send Shift by themselves.
  press(event) {
    if (event.key !== "Shift" || event.repeat || event.target.closest("input, textarea, select")) return
    const now = Date.now()
    this.presses = [...this.presses.filter((at) => now - at < 5000), now]
    this.dataset.presses = this.presses.length
    setTimeout(() => { if (this.presses.at(-1) === now) delete this.dataset.presses }, 5000)
    if (this.presses.length >= 3) this.leave()
  }
  leave() {
    const cover = document.createElement("div")
    cover.className = "cover"
    document.body.append(cover)
    document.title = "…"
    fetch("/leave", { keepalive: true, redirect: "manual" }).catch(() => {})
    // What htmx keeps of the last address goes, with what was searched for; Back finds a word to clear itself (page.js).
    try { sessionStorage.clear(); sessionStorage.left = 1 } catch {}
    location.replace(this.getAttribute("href"))
  }
}
customElements.define("quick-exit", QuickExit)
