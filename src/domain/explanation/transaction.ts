import { causeOf, type TransactionFacts } from './cause.ts';
import { explainEarning } from './earning.ts';
import { expiryMoveStep, expiryMoveText } from './expiry.ts';
import type { Format } from './locale.ts';
import { traceStep, type Explanation, type TraceStep } from './trace.ts';
import { pointsText, TRANSACTION_WORDS } from './transaction-words.ts';

/** Why a ledger transaction happened: one text for its customer, and a trace for the team. */
export function explainTransaction(facts: TransactionFacts, format: Format): Explanation {
  const { transaction } = facts;
  if (transaction.kind === 'EARN') return explainEarning(facts, format);
  const trace: TraceStep[] = [causeOf(facts)];
  if (facts.reverses !== null)
    trace.push(
      traceStep(
        'REVERSAL',
        `undoes a transaction of the kind ${facts.reverses.kind} of ${facts.reverses.amount} points`,
        {
          revision: facts.reverses.ruleRevision,
          at: facts.reverses.effectiveAt,
          basis: 'RECORDED',
        },
      ),
    );
  if (facts.paid !== null)
    trace.push(
      traceStep('CAUSE', `${facts.paid.quantity} × ${facts.paid.code}, redemption ${facts.paid.redemptionId}`, {
        item: facts.paid.code,
        revision: facts.paid.revision,
        basis: 'RECORDED',
      }),
    );
  if (facts.hold !== null)
    trace.push(
      traceStep('HOLD', `hold until ${facts.hold.expiresAt.toISOString()}: ${facts.hold.reason ?? 'no reason given'}`, {
        at: facts.hold.expiresAt,
        basis: 'RECORDED',
      }),
    );
  if (transaction.uncollected > 0)
    trace.push(
      traceStep('LIMIT', `${transaction.uncollected} points could not be collected: the policy, or they had expired`, {
        seen: String(transaction.uncollected),
        basis: 'RECORDED',
      }),
    );
  for (const move of facts.expiryMoves ?? []) trace.push(expiryMoveStep(move));
  const words = TRANSACTION_WORDS[format.language];
  const text = textOf(facts, format);
  return { text: facts.paid === null ? text : `${text} ${words.forReward(facts.paid.name)}`, trace };
}

function textOf(facts: TransactionFacts, format: Format): string {
  const words = TRANSACTION_WORDS[format.language];
  const { transaction, currency, activity, change } = facts;
  const points = pointsText(transaction.amount, currency.name, format);
  const on = format.instant(transaction.effectiveAt);
  switch (transaction.kind) {
    case 'EARN':
      return words.earned(points, activity?.typeName ?? currency.name, on);
    case 'RELEASE':
      return words.released(points, activity?.typeName ?? null);
    case 'CANCEL':
      return words.cancelled(points);
    case 'SPEND':
      return words.spent(points, on);
    case 'HOLD':
      return words.held(points, facts.hold === null ? null : format.instant(facts.hold.expiresAt));
    case 'CAPTURE':
      return words.captured(points);
    case 'HOLD_RELEASE':
      return words.holdReleased(points);
    case 'HOLD_EXPIRE':
      return words.holdExpired(points);
    case 'EXPIRE':
      return words.expired(points, on);
    case 'REVERSE': {
      const first = change > 0 ? words.givenBack(points) : words.takenBack(points, activity?.typeName ?? null);
      if (transaction.uncollected === 0) return first;
      return `${first} ${words.uncollected(pointsText(transaction.uncollected, currency.name, format))}`;
    }
    case 'TRANSFER':
      return transaction.toCustomerId === facts.customerId ? words.received(points) : words.sent(points);
    case 'ADJUST':
      return change >= 0 ? words.added(points) : words.deducted(points);
    case 'EXPIRY_MOVE':
      return expiryMoveText(facts, format);
  }
}
