// Work that is asked for more often than it needs doing: one run of a kind at a time, and one more when asked meanwhile.

export class Tasks {
  constructor(onTrouble) {
    this.onTrouble = onTrouble;
    this.running = new Map();
    this.timers = new Map();
  }

  // Done when nobody asks for it any more.
  once(name, work) {
    const known = this.running.get(name);
    if (known) {
      known.again = true;
      return known.done;
    }
    const run = { again: false };
    this.running.set(name, run);
    run.done = this.repeat(name, run, work);
    return run.done;
  }

  async repeat(name, run, work) {
    try {
      do {
        run.again = false;
        await work();
      } while (run.again);
    } catch (error) {
      this.onTrouble(error);
    } finally {
      this.running.delete(name);
    }
  }

  // As `once`, in so many milliseconds.
  later(name, wait, work) {
    if (this.timers.has(name)) return;
    const start = () => {
      this.timers.delete(name);
      this.once(name, work);
    };
    this.timers.set(name, setTimeout(start, wait));
  }
}
