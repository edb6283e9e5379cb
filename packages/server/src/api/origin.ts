/** Decides which web pages may use the API. Browsers name the page in `Origin`; programs send none and are let in. */
export class OriginPolicy {
  readonly #allowed: ReadonlySet<string>;

  /** @throws TypeError for a text that no browser sends as an origin. */
  constructor(allowedOrigins: readonly string[]) {
    for (const origin of allowedOrigins) {
      if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
        throw new TypeError(`allowedOrigins must be origins such as https://app.example, got ${origin}`);
      }
    }
    this.#allowed = new Set(allowedOrigins);
  }

  /** Whether an origin is on the list. Texts are compared as they are: what is spelt in another way comes from no browser. */
  isListed(origin: string | undefined): origin is string {
    return origin !== undefined && this.#allowed.has(origin);
  }

  /**
   * Whether a request may go on: it has no origin, comes from a page of this very server, or from a listed origin.
   *
   * @param host - The `Host` that the browser asked for.
   */
  isAllowed(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.isListed(origin)) return true;
    if (host === undefined || host === '') return false;
    return origin === `http://${host.toLowerCase()}` || origin === `https://${host.toLowerCase()}`;
  }
}
