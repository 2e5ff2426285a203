// Prints the page; without script the button stays away, for it would do nothing.
class PrintPage extends HTMLElement {
  connectedCallback() { this.hidden = false; this.addEventListener("click", () => print()) }
}
customElements.define("print-page", PrintPage)
