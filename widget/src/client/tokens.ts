/**
 * Where the proof of who is looking comes from: a publishable key as text, or a function that asks the page's own server for
 * a customer token. The function is called again whenever Laurel takes the last token no more.
 */
export type TokenSource = string | (() => string | Promise<string>);

export type Tokens = {
  /** The token in use; asked for when there is none yet. */
  current(): Promise<string>;
  /** Another one than the `refused`; null when the source has no other. Callers at the same time share one asking. */
  another(refused: string | null): Promise<string | null>;
};

export function createTokens(source: TokenSource): Tokens {
  let known: string | null = typeof source === 'string' ? source : null;
  let asking: Promise<string> | null = null;

  function ask(): Promise<string> {
    if (typeof source === 'string') return Promise.resolve(source);
    asking ??= Promise.resolve()
      .then(source)
      .then((token) => (known = token))
      .finally(() => (asking = null));
    return asking;
  }

  return {
    current: () => (known === null ? ask() : Promise.resolve(known)),
    async another(refused) {
      if (known !== null && known !== refused) return known;
      const token = await ask();
      return token === refused ? null : token;
    },
  };
}
