// An hour that runs out: the minutes count down, and when it is over the page clears before it is asked for anew.
class TimeLeft extends HTMLElement {
  connectedCallback() {
    this.end = Date.now() + Number(this.dataset.seconds) * 1000
    this.timer = setInterval(() => this.tick(), 5000)
  }
  disconnectedCallback() { clearInterval(this.timer) }
  tick() {
    const left = Math.ceil((this.end - Date.now()) / 60000)
    if (left <= 0) { document.body.replaceChildren(); location.reload() }
    else this.querySelector("b").textContent = left
  }
}
customElements.define("time-left", TimeLeft)
