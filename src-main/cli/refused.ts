/** Ends a command with one sentence on stderr: 1 for what Relay refuses or cannot do, 2 for wrong usage. */
export class Refused extends Error {
  readonly exitCode: 1 | 2;

  constructor(sentence: string, exitCode: 1 | 2 = 1) {
    super(sentence);
    this.name = 'Refused';
    this.exitCode = exitCode;
  }
}
