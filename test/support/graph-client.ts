// A client of a running Laurel, as any other program would be: one POST an operation.
import { expect } from 'vitest';

export type GraphError = {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; requestId: string; retryable?: boolean };
};

export type GraphReply<Data> = { status: number; text: string; data?: Data | null; errors?: GraphError[] };

/** Sends one operation and reads the whole answer. Rejects when the line breaks before that. */
export async function askGraph<Data = Record<string, unknown>>(
  url: string,
  bearer: string | null,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphReply<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const body = JSON.parse(text) as Pick<GraphReply<Data>, 'data' | 'errors'>;
  return { ...body, status: response.status, text };
}

/** The data of an operation that must succeed. */
export async function dataOf<Data>(
  url: string,
  bearer: string | null,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const { data, errors } = await askGraph<Data>(url, bearer, query, variables);
  expect(errors).toBeUndefined();
  if (data === undefined || data === null) throw new Error('neither data nor errors');
  return data;
}
