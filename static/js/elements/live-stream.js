// Something arrived: fetch the conversation again. The stream itself carries no words.
class LiveStream extends HTMLElement {
  connectedCallback() {
    this.open()
    document.addEventListener("visibilitychange", this)
  }
  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this)
    this.source?.close()
  }
  handleEvent() {
    if (document.hidden) this.source?.close()
    else { this.refresh(); this.open() }
  }
  open() {
    this.source?.close()
    this.source = new EventSource(this.getAttribute("src"))
    this.source.addEventListener("message", () => this.refresh())
    this.source.addEventListener("gone", () => { this.source.close(); document.body.replaceChildren(); location.reload() })
  }
  refresh() { htmx.ajax("GET", this.dataset.url, { target: "#messages", swap: "outerHTML" }) }
}
customElements.define("live-stream", LiveStream)
