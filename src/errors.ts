/**
 * The base of all errors of this program. An error says what happened in its message and what to do about it in its remedy; which values and
 * limits it was about are fields of its class.
 *
 * Code compares classes (`instanceof`) or, where a class cannot be at hand (its module is loaded later, or the error has come out of a
 * worker), codes. It never compares names of classes: the built page's minifier shortens them.
 */
export abstract class TrifoldError extends Error {
  /** Which error it is, the same in the source and in the built page: the class's name in kebab case, without "Error". */
  abstract readonly code: string;

  /**
   * @param message what happened
   * @param remedy what to do about it: a sentence for the person, or for the programmer if the fault is one of the calling code
   * @param options the error that led to this one, if one did
   */
  constructor(
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options?.cause === undefined ? undefined : options); // else logs would show "cause: undefined"
  }

  /** For logs; from the code, since the minifier leaves that alone: "buffer-limit" is a "BufferLimitError". */
  override get name(): string {
    const words = (this.code ?? '').split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    return `${words.join('')}Error`;
  }
}
