// What htmx does, told kindly: a button that works says so, and a send that did not arrive leaves the words where they are.
class PageNotice extends HTMLElement {
  connectedCallback() {
    for (const kind of ["beforeRequest", "afterRequest", "sendError", "responseError"]) document.addEventListener(`htmx:${kind}`, this)
  }
  handleEvent({ type, detail }) {
    const button = detail.requestConfig?.triggeringEvent?.submitter ?? detail.elt
    if (type === "htmx:beforeRequest") { button.ariaBusy = "true"; this.textContent = "" }
    else if (type === "htmx:afterRequest") button.ariaBusy = null
    else this.textContent = this.dataset.lost
  }
}
customElements.define("page-notice", PageNotice)
