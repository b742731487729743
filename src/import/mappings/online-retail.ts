import type { MappingInput } from '../mapping.ts';

/**
 * UCI Online Retail: one invoice line a row. The lines of an invoice that have a customer and a price are one purchase of
 * their sum. A line of a cancellation invoice (C…) takes back what the same customer bought earlier of the same article.
 * Times are the shop's own; an hour that occurs twice counts as the earlier one, one that is skipped moves forward.
 *
 * What is no article (postage, carriage, fees, discounts, manual corrections) counts in a purchase, since the customer paid
 * it, and is left out where it is credited, since it names nothing that could be taken back.
 */
export const onlineRetail: MappingInput = {
  name: 'online-retail',
  description:
    'UCI Online Retail invoice lines: purchases by invoice, cancellations as reversals of earlier purchases.',
  input: { format: 'CSV', delimiter: ',' },
  customer: { externalId: 'CustomerID', displayName: 'Customer {CustomerID}' },
  activity: {
    type: 'purchase',
    channel: 'WEB',
    occurredAt: { column: 'InvoiceDate', format: 'LOCAL', zone: 'Europe/London' },
    properties: [
      { name: 'invoice', column: 'InvoiceNo', type: 'STRING' },
      { name: 'country', column: 'Country', type: 'STRING' },
    ],
  },
  leaveOut: [
    { category: 'no_customer', description: 'line without a customer', when: { column: 'CustomerID', is: 'EMPTY' } },
    {
      category: 'no_price',
      description: 'price of zero or below',
      when: { column: 'UnitPrice', is: 'AT_MOST', value: 0 },
    },
  ],
  invoice: {
    column: 'InvoiceNo',
    cancellationPrefix: 'C',
    stockCode: 'StockCode',
    quantity: 'Quantity',
    unitPrice: 'UnitPrice',
    amountProperty: 'amount',
    itemsProperty: 'items',
    adjustmentCodes: ['POST', 'DOT', 'C2', 'M', 'D', 'S', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'B', 'PADS'],
  },
};
