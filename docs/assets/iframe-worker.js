// Browsers start no Worker for a page that was opened from disk. There, and only there, the search
// runs in a hidden frame instead: same script, same messages.
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      this.waiting = []
      frame.addEventListener("load", () => {
        const inside = frame.contentWindow
        inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
        inside.importScripts = (...names) => Promise.all(names.map(name => run(inside, name)))
        run(inside, url).then(() => {
          this.send = data => inside.dispatchEvent(new MessageEvent("message", { data }))
          this.waiting.splice(0).forEach(this.send)
        })
      }, { once: true })
      document.body.appendChild(frame)
    }
    postMessage(data) {
      this.send ? this.send(data) : this.waiting.push(data)
    }
  }

  const run = (inside, url) => new Promise((resolve, reject) => {
    const script = inside.document.createElement("script")
    script.src = new URL(url, location.href).href
    script.onload = resolve
    script.onerror = reject
    inside.document.head.appendChild(script)
  })
}
