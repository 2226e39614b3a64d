/** What a call rejected with. */
export function thrownBy(call: PromiseLike<unknown>): PromiseLike<unknown> {
  return call.then(
    () => {
      throw new Error('The call succeeded.');
    },
    (error: unknown) => error,
  );
}
