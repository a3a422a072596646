/**
 * Queries of which only the last one matters, such as those of a slider that is dragged: one query is sent at a time,
 * and of the queries made meanwhile, only the last is sent afterwards.
 *
 * @template Question
 * @template Answer
 */
export class Latest {
  /**
   * @param {(question: Question) => Promise<Answer>} ask
   * @param {(answer: Answer, question: Question) => void} show
   */
  constructor(ask, show) {
    this.ask = ask;
    this.show = show;
    this.isAsking = false;
    /** @type {{ question: Question } | null} */
    this.next = null;
  }

  /** @param {Question} question */
  async put(question) {
    this.next = { question };
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      while (this.next) {
        const { question: now } = this.next;
        this.next = null;
        const answer = await this.ask(now);
        this.show(answer, now);
      }
    } finally {
      this.isAsking = false;
    }
  }
}
