/** Things that were started one after the other and end together, also when one of them does not start. */
export class StartedGroup<T extends AsyncDisposable> implements AsyncDisposable {
  readonly members: T[] = [];

  static async start<T extends AsyncDisposable>(starts: readonly (() => Promise<T>)[]): Promise<StartedGroup<T>> {
    const group = new StartedGroup<T>();
    try {
      for (const start of starts) group.members.push(await start());
      return group;
    } catch (error) {
      await group[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member[Symbol.asyncDispose]()));
  }
}
