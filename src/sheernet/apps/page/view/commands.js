/**
 * A queue of commands, and states that wait for them: a state older than the last command would reset a control that
 * the user has changed since.
 *
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {import("./protocol.js").State} State
 */

export class Commands {
  /** @param {(state: State) => void} show called with the newest state once no command is under way */
  constructor(show) {
    this.show = show;
    this.underWay = 0;
    /** @type {State | null} */
    this.newest = null;
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  /**
   * Call a function after all earlier requests have been answered.
   * @param {() => Promise<Answer>} ask
   * @returns {Promise<Answer>}
   */
  async run(ask) {
    this.underWay += 1;
    const answering = this.last.then(ask);
    this.last = answering;
    const answer = await answering;
    this.underWay -= 1;
    if (answer.state) this.offer(answer.state);
    else this.showNewest();
    return answer;
  }

  /** @param {State} state */
  offer(state) {
    if (!this.newest || state.revision >= this.newest.revision) this.newest = state;
    this.showNewest();
  }

  showNewest() {
    if (this.underWay || !this.newest) return;
    const state = this.newest;
    this.newest = null;
    this.show(state);
  }
}
