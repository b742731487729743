import { Big } from 'big.js';

import type { InvoiceMapping } from './mapping.ts';

/** What an invoice line says: an article, how many, and their money. Codes differ in case for the same article. */
export type InvoiceLine = { stockCode: string; quantity: number; amount: string };

const QUANTITY = /^[+-]?\d{1,12}$/;
const PRICE = /^[+-]?\d{1,12}(\.\d{1,9})?$/;

/** Reads a line, or says why it cannot be read. The amount is exact: quantity times unit price, not rounded. */
export function readLine(fields: Readonly<Record<string, string>>, invoice: InvoiceMapping): InvoiceLine | string {
  const quantity = (fields[invoice.quantity] ?? '').trim();
  const unitPrice = (fields[invoice.unitPrice] ?? '').trim();
  const stockCode = (fields[invoice.stockCode] ?? '').trim().toUpperCase();
  if (!QUANTITY.test(quantity))
    return `${invoice.quantity} must be a whole number, not ${JSON.stringify(quantity.slice(0, 60))}.`;
  if (!PRICE.test(unitPrice))
    return `${invoice.unitPrice} must be a plain decimal number, not ${JSON.stringify(unitPrice.slice(0, 60))}.`;
  if (stockCode === '' || stockCode.length > 100) return `${invoice.stockCode} must have 1 to 100 characters.`;
  return { stockCode, quantity: Number(quantity), amount: new Big(unitPrice).times(quantity).toFixed() };
}
