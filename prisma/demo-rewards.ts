import type { ItemInput } from '#domain/rule-set/content.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });

/** What a shop for music might give; prices fit the points that the real purchases come to. */
export const DEMO_REWARDS: readonly ItemInput<'rewards'>[] = [
  {
    code: 'free_shipping',
    sortOrder: 1,
    fulfilment: { kind: 'GENERATED_CODE', prefix: 'SHIP-', length: 8 },
    price: { points: 50 },
    validityDays: 30,
    texts: {
      en: { name: 'Free shipping', description: 'A code for your next order, valid for 30 days.' },
      de: { name: 'Versand frei', description: 'Ein Code für Ihre nächste Bestellung, 30 Tage gültig.' },
    },
  },
  {
    code: 'concert_ticket',
    sortOrder: 2,
    fulfilment: { kind: 'CODE_POOL' },
    price: { points: 300 },
    limits: [{ of: 'CUSTOMER', per: 'ALL_TIME', quantity: 2 }],
    texts: {
      en: {
        name: 'Concert ticket',
        description: 'A code for one seat at a concert near you.',
        terms: 'While codes last.',
      },
      de: { name: 'Konzertkarte', description: 'Ein Code für einen Platz bei einem Konzert in Ihrer Nähe.' },
    },
  },
  {
    code: 'music_lessons',
    sortOrder: 3,
    fulfilment: { kind: 'DONATION', amount: usd(200), recipient: 'A music school' },
    price: { points: 200 },
    texts: {
      en: { name: 'Music lessons', description: 'We give two dollars to a music school in your name.' },
      de: { name: 'Musikunterricht', description: 'Wir geben in Ihrem Namen zwei Dollar an eine Musikschule.' },
    },
  },
  {
    code: 'tour_poster',
    sortOrder: 4,
    fulfilment: { kind: 'GIFT', reference: 'POSTER-1998' },
    price: { points: 450 },
    stock: 25,
    byHand: true,
    texts: {
      en: { name: 'Signed tour poster', description: 'Rolled, not folded, and sent to you.' },
      de: { name: 'Signiertes Tourplakat', description: 'Gerollt, nicht gefaltet, und Ihnen zugeschickt.' },
    },
  },
  {
    code: 'vinyl_box',
    sortOrder: 5,
    fulfilment: { kind: 'GIFT', reference: 'BOX-1998' },
    price: { points: 1_000, money: usd(999) },
    stock: 10,
    byHand: true,
    reservationMinutes: 60,
    limits: [{ of: 'CUSTOMER', per: 'ALL_TIME', quantity: 1 }],
    texts: {
      en: { name: 'Vinyl box', description: 'Ten records, kept for you for an hour until you have paid the rest.' },
      de: { name: 'Vinylbox', description: 'Zehn Platten, eine Stunde zurückgelegt, bis Sie den Rest gezahlt haben.' },
    },
  },
  {
    code: 'listening_evening',
    sortOrder: 6,
    fulfilment: { kind: 'EXPERIENCE', reference: 'LISTENING-EVENING' },
    price: { points: 250 },
    stock: 12,
    byHand: true,
    tiers: ['gold'],
    texts: {
      en: { name: 'Listening evening', description: 'New records before they are out, with those who made them.' },
      de: { name: 'Hörabend', description: 'Neue Platten vor dem Erscheinen, mit denen, die sie gemacht haben.' },
    },
  },
];

/** The reward whose codes are imported, and the codes. */
export const DEMO_CODE_POOL = {
  rewardCode: 'concert_ticket',
  codes: Array.from({ length: 50 }, (_, place) => `CONCERT-${String(1_001 + place)}`),
};
