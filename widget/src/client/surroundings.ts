/** What a page knows of itself and its network; elsewhere than in a browser always visible and online. */
export type Surroundings = {
  isOnline(): boolean;
  isVisible(): boolean;
  /** Calls back when one of them may have changed, and when the page comes back from wherever the browser kept it. */
  listen(onChange: () => void): () => void;
};

export function pageSurroundings(): Surroundings {
  const page = globalThis.document as Document | undefined;
  return {
    isOnline: () => (globalThis.navigator as Partial<Navigator> | undefined)?.onLine ?? true,
    isVisible: () => page?.visibilityState !== 'hidden',
    listen(onChange) {
      if (page === undefined) return () => undefined;
      const heard: [EventTarget, string][] = [
        [page, 'visibilitychange'],
        [page, 'resume'],
        [globalThis, 'online'],
        [globalThis, 'offline'],
        [globalThis, 'pageshow'],
      ];
      for (const [target, type] of heard) target.addEventListener(type, onChange);
      return () => {
        for (const [target, type] of heard) target.removeEventListener(type, onChange);
      };
    },
  };
}
