/**
 * Requests to the server of the page.  Each includes the token; a response with status 4xx has an error message.
 *
 * @typedef {import("./model.js").Command} Command
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {import("./protocol.js").Opened} Opened
 * @typedef {import("./protocol.js").State} State
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {object} Handlers
 * @property {(state: State) => void} state
 * @property {(frame: Frame) => void} frame
 * @property {(sentence: string) => void} lost of no connection; "" when there is one again
 */

const UNREACHABLE = "The server does not answer. Start it again: sheernet page";

export class Api {
  /** @param {string} token */
  constructor(token) {
    this.token = token;
    this.session = "";
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [values]
   */
  address(path, values = {}) {
    const query = new URLSearchParams({ token: this.token, ...values });
    if (this.session) query.set("session", this.session);
    return `/api/${path}?${query}`;
  }

  /**
   * @param {string} path
   * @param {BodyInit} body
   * @param {Record<string, string>} [values]
   */
  async post(path, body, values = {}) {
    try {
      const response = await fetch(this.address(path, values), {
        method: "POST",
        body,
        headers: { "X-Sheernet-Token": this.token },
      });
      return await response.json();
    } catch {
      return { state: null, check: null, error: UNREACHABLE };
    }
  }

  /**
   * Open a session with the settings of an address, or with the settings given to the server.
   * @param {string} query
   * @returns {Promise<Opened & { error: string }>}
   */
  async open(query) {
    const opened = await this.post("sessions", JSON.stringify(query ? { query } : {}));
    this.session = opened.session ?? "";
    return opened;
  }

  /**
   * @param {Command} command
   * @returns {Promise<Answer>}
   */
  send(command) {
    return this.post("commands", JSON.stringify(command));
  }

  /**
   * @param {File} file
   * @returns {Promise<Answer>}
   */
  sendTable(file) {
    return this.post("table", file, { name: file.name });
  }

  /** @param {string} kind */
  async download(kind) {
    const response = await fetch(this.address("download", { kind })).catch(() => {
      throw new Error(UNREACHABLE);
    });
    if (response.ok) return response;
    const { error } = await response.json();
    throw new Error(error);
  }

  /**
   * Receive states and frames until the page is closed.
   * @param {Handlers} handlers
   */
  listen({ state, frame, lost }) {
    const events = new EventSource(this.address("events"));
    events.addEventListener("state", (event) => state(JSON.parse(event.data)));
    events.addEventListener("frame", (event) => frame(JSON.parse(event.data)));
    events.addEventListener("error", () =>
      lost(
        events.readyState === EventSource.CLOSED
          ? "This run has ended on the server. Reload the page to begin again with these settings."
          : UNREACHABLE,
      ),
    );
    events.addEventListener("open", () => lost(""));
    addEventListener("pagehide", () => events.close());
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // back on a page without events
  }
}
