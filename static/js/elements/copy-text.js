// Copies a text that stands on the page; without script the button stays away, and the text can be selected.
class CopyText extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return
    this.hidden = false
    this.addEventListener("click", this)
  }
  async handleEvent() {
    await navigator.clipboard.writeText(document.getElementById(this.dataset.from).textContent.trim())
    this.querySelector("[role=status]").textContent = this.dataset.done
  }
}
customElements.define("copy-text", CopyText)
