// What callers can get wrong of prize draws.
import { BAD_INPUT, change, INVALID, MISSING, OF_ALL_NAMES_THE_LONGEST, refused } from './bad-request.ts';
import type { Answer, BadRequest, Who } from './bad-request.ts';
import type { Furnished } from './furnished.ts';

export function badDraws({ ids }: Furnished): BadRequest[] {
  const texts = [{ locale: 'en', name: 'Fresh' }];
  const win = { code: 'win', texts, weight: 1, points: { points: 5 } };
  const blank = { code: 'blank', texts, weight: 1 };
  const saving = (name: string, over: object, answer: Answer): BadRequest => {
    const draw = { code: 'fresh', texts, outcomes: [win, blank], fallback: 'blank', ...over };
    return change(`drawSave with ${name}`, 'drawSave', { draw }, answer);
  };
  const invalid = (...path: string[]): Answer => refused('INVALID_RULE', 'fresh', ...path);
  const playing = (name: string, over: object, answer: Answer, as?: Who): BadRequest =>
    change(`drawPlay with ${name}`, 'drawPlay', { customerId: ids.Customer, draw: 'wheel', ...over }, answer, as);
  return [
    saving('a code with blanks', { code: 'not a code' }, refused('INVALID_RULE', 'not a code', 'code')),
    saving('no text', { texts: [] }, invalid('texts')),
    saving('one outcome', { outcomes: [blank] }, invalid('outcomes')),
    saving('51 outcomes', { outcomes: Array.from({ length: 51 }, () => blank) }, invalid('outcomes')),
    saving('a weight below zero', { outcomes: [{ ...win, weight: -1 }, blank] }, invalid('outcomes', '0', 'weight')),
    saving('half a ticket', { outcomes: [{ ...win, weight: 0.5 }, blank] }, BAD_INPUT),
    saving('two prizes in one', { outcomes: [{ ...win, reward: 'mug' }, blank] }, refused(INVALID, 'draw', 'outcomes')),
    saving('a price below zero', { price: { points: -1 } }, invalid('price', 'points')),
    saving('no free play', { freePlays: { per: 'DAY', times: 0 } }, invalid('freePlays', 'times')),
    saving('an hour', { freePlays: { per: 'HOUR', times: 1 } }, BAD_INPUT),
    saving('a budget of nothing', { budget: { per: 'DAY', points: 0 } }, invalid('budget', 'points')),
    playing('an unknown draw', { draw: '__proto__' }, refused(MISSING, 'draw')),
    playing('a draw of 10 kB', { draw: OF_ALL_NAMES_THE_LONGEST }, refused(MISSING, 'draw')),
    playing('nobody', { customerId: null }, refused(INVALID, 'customerId')),
    playing('a ticket of one’s own', { ticket: 0 }, BAD_INPUT),
  ];
}
