/** So long may a replay keep the process to itself, and so long it rests then: at most two thirds of one core are its. */
const WORK_MS = 10;
const REST_MS = 5;

/** Call it between any two steps: most of the time it answers at once, and now and then it lets others have the process. */
export function createPace(): { isDue(): boolean; rest(): Promise<void> } {
  let since = performance.now();
  return {
    isDue: () => performance.now() - since >= WORK_MS,
    async rest() {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      since = performance.now();
    },
  };
}
