import { ECONOMY_EXAMPLES, type Example } from './graphiql-economy-examples.ts';

/** Operations for the demo program, in the order in which somebody new would try them. A test keeps them valid. */
export const EXAMPLES: readonly Example[] = [
  {
    query: `# Put a key into the headers below (npm start prints some), then run this.
query WhoAmI {
  viewer {
    kind
    role
    permissions
    program {
      id
      name
    }
  }
}
`,
  },
  {
    query: `# The board, its top and the places around one customer.
query Board($code: String!, $customer: ID) {
  leaderboard(code: $code) {
    name
    entryCount
    version
    top(first: 5) {
      rank
      displayName
      score
      customerId
    }
    around(customerId: $customer, radius: 2) {
      rank
      displayName
      score
    }
  }
}
`,
    variables: { code: 'points_all_time', customer: null },
  },
  {
    query: `# A customer with the latest of what happened to them.
query Customer($externalId: String!) {
  customer(externalId: $externalId) {
    id
    displayName
    enrolmentState
    balances {
      currency {
        code
      }
      available
      pending
    }
    timeline(first: 5) {
      nodes {
        kind
        at
      }
    }
  }
}
`,
    variables: { externalId: '1981' },
  },
  {
    query: `# Tracks one activity. The answer says what it caused; the same key answers the same again.
mutation Track($input: ActivityTrackInput!) {
  activityTrack(input: $input) {
    __typename
    ... on ActivityTrackPayload {
      replayed
      activity {
        id
      }
      balances {
        available
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
`,
    variables: {
      input: {
        idempotencyKey: 'my-first-activity',
        customerExternalId: '1981',
        type: 'purchase',
        properties: { amount: '29.33' },
      },
    },
  },
  ...ECONOMY_EXAMPLES,
  {
    query: `# The board as it moves: a snapshot, then changes. Track an activity in another tab.
subscription Live($code: String!) {
  leaderboardChanged(code: $code, top: 5) {
    isSnapshot
    version
    top {
      entered {
        rank
        displayName
        score
      }
      updated {
        rank
        displayName
        score
      }
      left
    }
  }
}
`,
    variables: { code: 'points_all_time' },
  },
];
