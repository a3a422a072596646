/**
 * Commands one after the other, and states that wait for them: a state that was made before the last command would set
 * a control back that a person has changed since.  Questions change nothing and may take long: one waits for the
 * commands that were given before it, and no command waits for a question.
 *
 * @typedef {import("./model.js").Command} Command
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {import("./protocol.js").State} State
 */

/** The questions of protocol.py. */
const QUESTIONS = ["check", "race", "swarm", "landscape", "test", "profile", "search"];

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
   * Do something after all that was asked before.
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

  /**
   * Send a command or a question.
   * @param {Command} command
   * @param {(command: Command) => Promise<Answer>} send
   * @returns {Promise<Answer>}
   */
  send(command, send) {
    if (!QUESTIONS.includes(command.command)) return this.run(() => send(command));
    return this.last.then(() => send(command));
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
