// Leave at once: cover the page, end the visit on the server, and put a neutral page in place of this one.
class QuickExit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this)
    document.addEventListener("keydown", this)
    this.presses = []
  }
  disconnectedCallback() { document.removeEventListener("keydown", this) }
  handleEvent(event) {
    if (event.type === "click") { event.preventDefault(); this.leave(); return }
    // Shift three times within five seconds, but not while typing: phone keyboards send Shift by themselves.
    if (event.key !== "Shift" || event.repeat || event.target.closest("input, textarea, select")) return
    const now = Date.now()
    this.presses = [...this.presses.filter((at) => now - at < 5000), now]
    if (this.presses.length >= 3) this.leave()
  }
  leave() {
    const cover = document.createElement("div")
    cover.className = "cover"
    document.body.append(cover)
    document.title = "…"
    fetch("/leave", { keepalive: true, redirect: "manual" }).catch(() => {})
    location.replace(this.getAttribute("href"))
  }
}
customElements.define("quick-exit", QuickExit)
