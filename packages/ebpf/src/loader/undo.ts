/**
 * Everything or nothing: actions that take back what was done so far, run last first when a later step fails.
 */
export class Undo {
  readonly #actions: (() => void)[] = [];

  /** Registers how to take back what was just done. */
  push(action: () => void): void {
    this.#actions.push(action);
  }

  /** Hands in something that is closed when a later step fails. */
  closing<T extends { close(): void }>(resource: T): T {
    this.push(() => resource.close());
    return resource;
  }

  /**
   * Runs `steps`; when they throw, takes everything back and throws the same error.
   *
   * What fails while taking back is of no use to the reader and does not hide the first error.
   */
  static run<Result>(steps: (undo: Undo) => Result): Result {
    const undo = new Undo();
    try {
      return steps(undo);
    } catch (error) {
      undo.#takeBack();
      throw error;
    }
  }

  #takeBack(): void {
    for (const action of this.#actions.reverse()) {
      try {
        action();
      } catch {
        // The remaining actions still have to run.
      }
    }
  }
}
