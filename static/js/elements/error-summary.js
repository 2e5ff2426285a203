// A form that came back says so first: the summary takes the focus.
class ErrorSummary extends HTMLElement {
  connectedCallback() { this.firstElementChild?.focus() }
}
customElements.define("error-summary", ErrorSummary)
