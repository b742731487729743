// How points are earned: the sentences that the service makes out of its live rules.
import { at, createRefresh, element, number, points } from './page.js';

const WAYS = `query Ways {
  howToEarn { code name sentence left { per points uses } }
}`;
const PERIODS = { DAY: 'today', WEEK: 'this week', MONTH: 'this month', YEAR: 'this year' };

let account = null;
let refresh = async () => {};

/** Lists what can be earned right now, with what is left of the customer's limits. */
export function showEarning(given) {
  account = given;
  refresh = createRefresh(async () => {
    const { howToEarn } = await given.client.request(WAYS, {});
    if (given === account) draw(howToEarn);
  });
  refreshEarning();
}

/** Reads the list again: an activity uses limits up. */
export function refreshEarning() {
  void refresh();
}

function draw(ways) {
  at('earning').hidden = ways.length === 0;
  at('ways').replaceChildren(
    ...ways.map(({ code, name, sentence, left }) => {
      const item = element('li', '', element('strong', '', name), element('p', '', sentence));
      item.dataset.rule = code;
      const rest = (left ?? []).map(words).filter(Boolean);
      if (rest.length > 0) item.append(element('small', '', rest.join(', ')));
      return item;
    }),
  );
}

function words({ per, points: most, uses }) {
  const when = PERIODS[per] ?? '';
  if (uses === 0 || most === 0) return `Used up ${when}`.trim();
  if (uses !== null) return `${number(uses)} more ${uses === 1 ? 'time' : 'times'} ${when}`.trim();
  return most === null ? '' : `${points(most)} more ${when}`.trim();
}
