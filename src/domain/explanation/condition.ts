import { parse, type ASTNode } from '@marcbachmann/cel-js';

/**
 * Conditions taken apart for people: which facts a part reads, and, where it is one of the simple shapes, what it compares
 * with what. Nothing is evaluated here.
 */
export type Literal = string | number | boolean;
export const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'in', 'has'] as const;
export type Operator = (typeof OPERATORS)[number];

/** One fact against literals: `activity.properties.amount >= 20.0`. `has` compares with nothing. */
export type Comparison = { path: string; operator: Operator; literals: readonly Literal[] };

export type ConditionPart = {
  text: string;
  /** The facts that it reads, by their paths, each once. */
  reads: readonly string[];
  /** Null when the part is of no simple shape. */
  comparison: Comparison | null;
};

const MIRRORED: Partial<Record<string, Operator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** The parts of a condition that are joined by && at the top; none of an empty one, which always holds. */
export function partsOf(condition: string): ConditionPart[] {
  if (condition.trim() === '') return [];
  const conjuncts = (node: ASTNode): ASTNode[] => (node.op === '&&' ? node.args.flatMap(conjuncts) : [node]);
  return conjuncts(parse(condition).ast).map((node) => ({
    text: condition.slice(node.range.start, node.range.end),
    reads: [...new Set(pathsIn(node))],
    comparison: comparisonOf(node),
  }));
}

/** What the part asks for, short: `>= 20`; the whole part where it is of no simple shape. */
export function neededBy(part: ConditionPart): string {
  if (part.comparison === null) return part.text;
  const { operator, literals } = part.comparison;
  if (operator === 'has') return 'present';
  const values = literals.map((literal) => JSON.stringify(literal)).join(', ');
  return operator === 'in' ? `in [${values}]` : `${operator} ${values}`;
}

/** The fact at a path of plain facts; undefined when there is none. */
export function factAt(facts: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined,
      facts,
    );
}

function comparisonOf(node: ASTNode): Comparison | null {
  const path = pathOf(node);
  if (path !== null) return { path, operator: '==', literals: [true] };
  const parts = nodesIn(node.args);
  const [left, right] = parts;
  if (node.op === '!_' && left !== undefined) {
    const negated = pathOf(left);
    return negated === null ? null : { path: negated, operator: '==', literals: [false] };
  }
  if (isCallOf(node, 'has') && parts.length === 1 && left !== undefined) {
    const given = pathOf(left);
    return given === null ? null : { path: given, operator: 'has', literals: [] };
  }
  if (left === undefined || right === undefined) return null;
  return node.op === 'in' ? membership(left, right) : compared(node.op, left, right);
}

function compared(op: string, left: ASTNode, right: ASTNode): Comparison | null {
  const mirrored = MIRRORED[op];
  if (mirrored === undefined) return null;
  const [leftPath, rightPath] = [pathOf(left), pathOf(right)];
  const [leftValue, rightValue] = [literalOf(left), literalOf(right)];
  if (leftPath !== null && rightValue !== null)
    return { path: leftPath, operator: MIRRORED[mirrored] ?? mirrored, literals: [rightValue] };
  if (rightPath !== null && leftValue !== null) return { path: rightPath, operator: mirrored, literals: [leftValue] };
  return null;
}

function membership(left: ASTNode, right: ASTNode): Comparison | null {
  const path = pathOf(left);
  if (path === null || right.op !== 'list') return null;
  const literals = nodesIn(right.args).map(literalOf);
  return literals.every((literal) => literal !== null) ? { path, operator: 'in', literals } : null;
}

/** `activity.properties.amount` as text; null when the node is no plain path. */
function pathOf(node: ASTNode): string | null {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return null;
  const [owner, name] = node.args;
  const before = pathOf(owner);
  return before === null ? null : `${before}.${name}`;
}

function literalOf(node: ASTNode): Literal | null {
  if (node.op === 'value') {
    const value: unknown = node.args;
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }
  // timestamp("2026-01-01T00:00:00Z") stands for its text.
  const [only] = nodesIn(node.args);
  return isCallOf(node, 'timestamp') && only !== undefined ? literalOf(only) : null;
}

function isCallOf(node: ASTNode, name: string): boolean {
  return node.op === 'call' && Array.isArray(node.args) && (node.args as unknown[])[0] === name;
}

/** Paths below a node, the longest of each; names that a list walk binds are left out. */
function pathsIn(node: ASTNode): string[] {
  const path = pathOf(node);
  if (path !== null) return FACTS.has(path.split('.')[0] ?? '') ? [path] : [];
  return nodesIn(node.args).flatMap(pathsIn);
}

const FACTS = new Set(['activity', 'customer', 'account', 'tier', 'tiers', 'counters']);

function nodesIn(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return value !== null && typeof value === 'object' && 'op' in value ? [value as ASTNode] : [];
}
