// An independent count of what an import of Online Retail must do, straight from the file: no code of the importer's. Money
// is in thousandths of a pound, which every price of the file is whole in.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const ADJUSTMENTS = new Set(['POST', 'DOT', 'C2', 'M', 'D', 'S', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'B', 'PADS']);

type Bought = {
  order: number;
  at: string;
  code: string;
  quantity: number;
  left: number;
  price: number;
  invoice: string;
};

export type RetailCount = {
  rows: Record<string, number>;
  /** Thousandths by category. */
  amounts: Record<string, number>;
  invoices: number;
  /** One point a whole pound of each invoice, and of what is left of it after cancellations. */
  pointsEarned: number;
  pointsLeft: number;
};

/** Counts the lines of a file that are read, in order, `rowsMax` of them at most. */
export function countRetail(file: string, rowsMax = Infinity): RetailCount {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  if (header !== 'InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country')
    throw new Error(`Another header: ${header}`);
  const rows: Record<string, number> = {};
  const amounts: Record<string, number> = {};
  const bought = new Map<string, Bought[]>();
  const startOf = new Map<string, string>();
  const totals = new Map<string, { bought: number; returned: number }>();
  const cancelled: { invoice: string; customer: string; code: string; quantity: number; money: number }[] = [];

  const note = (category: string, money: number): void => {
    rows[category] = (rows[category] ?? 0) + 1;
    amounts[category] = (amounts[category] ?? 0) + money;
  };
  for (const [order, line] of lines.slice(0, rowsMax).entries()) {
    const [invoice = '', stock = '', amount = '', at = '', price = '', customer = ''] = line.trim().split(',');
    const quantity = Number(amount);
    const unit = Math.round(Number(price) * 1_000);
    const code = stock.toUpperCase();
    if (customer === '') note('no_customer', unit * quantity);
    else if (unit <= 0) note('no_price', unit * quantity);
    else if (invoice.startsWith('C')) {
      if (quantity >= 0) throw new Error(`A cancellation of ${quantity}.`);
      if (ADJUSTMENTS.has(code)) note('adjustment', unit * quantity);
      else {
        if (!startOf.has(invoice)) startOf.set(invoice, at);
        cancelled.push({ invoice, customer, code, quantity: -quantity, money: unit * quantity });
      }
    } else {
      note('imported', unit * quantity);
      if (!startOf.has(invoice)) startOf.set(invoice, at);
      const key = `${customer} ${code}`;
      const purchase = { order, at: startOf.get(invoice) ?? at, code, quantity, left: quantity, price: unit, invoice };
      bought.set(key, [...(bought.get(key) ?? []), purchase]);
      const total = totals.get(invoice) ?? { bought: 0, returned: 0 };
      totals.set(invoice, { ...total, bought: total.bought + unit * quantity });
    }
  }
  for (const { invoice, customer, code, quantity, money } of cancelled) {
    const before = startOf.get(invoice) ?? '';
    const earlier = (bought.get(`${customer} ${code}`) ?? [])
      .filter((line) => line.at < before && line.left > 0)
      .toSorted((a, b) => (a.at === b.at ? b.order - a.order : a.at < b.at ? 1 : -1));
    let open = quantity;
    for (const line of earlier) {
      const part = Math.min(open, line.left);
      line.left -= part;
      open -= part;
      const total = totals.get(line.invoice);
      if (total !== undefined) total.returned += part * line.price;
    }
    note(open === 0 ? 'reversed' : open < quantity ? 'reversed_in_part' : 'unmatched', money);
  }
  const points = (left: (total: { bought: number; returned: number }) => number): number =>
    [...totals.values()].reduce((sum, total) => sum + Math.floor(left(total) / 1_000), 0);
  return {
    rows,
    amounts,
    invoices: totals.size,
    pointsEarned: points((total) => total.bought),
    pointsLeft: points((total) => total.bought - total.returned),
  };
}
