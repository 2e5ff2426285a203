// Passkeys: ask the server for a challenge, the device for a proof, and the server whether it holds.
// What the server says is in the reader's language; a browser's own errors are not, so the page's sentence stands in.
class Said extends Error {}

async function ask(url, body) {
  const token = document.querySelector("input[name=_csrf]").value
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token, Accept: "application/json" },
    body: JSON.stringify(body ?? {}),
  })
  const said = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Said(said.error ?? "")
  return said
}

class PasskeyElement extends HTMLElement {
  connectedCallback() {
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return
    this.hidden = false
    this.button = this.querySelector("button")
    this.note = this.querySelector("[role=status]")
    this.button.addEventListener("click", () => this.run())
    this.start?.()
  }
  async run(mediation) {
    this.waiting?.abort()
    this.waiting = new AbortController()
    try {
      const next = await this.prove(this.waiting.signal, mediation)
      if (next) location.assign(next)
    } catch (error) {
      if (error.name === "AbortError" || error.name === "NotAllowedError") return
      this.note.textContent = (error instanceof Said && error.message) || this.dataset.otherwise
    }
  }
}

class PasskeySignIn extends PasskeyElement {
  async start() {
    if (await PublicKeyCredential.isConditionalMediationAvailable?.()) this.run("conditional")
  }
  async prove(signal, mediation) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask("/sign-in/passkey/options"))
    const credential = await navigator.credentials.get({ publicKey, signal, mediation })
    const own = document.querySelector("input[name=own]")?.checked ?? false
    const said = await ask("/sign-in/passkey", { credential: credential.toJSON(), next: this.dataset.next, own })
    return said.next
  }
}

class PasskeyAdd extends PasskeyElement {
  async prove(signal) {
    const options = await ask("/me/security/passkey/options")
    if (options.next) return options.next
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    const credential = await navigator.credentials.create({ publicKey, signal })
    const said = await ask("/me/security/passkey", { credential: credential.toJSON() })
    return said.next
  }
}
customElements.define("passkey-sign-in", PasskeySignIn)
customElements.define("passkey-add", PasskeyAdd)
