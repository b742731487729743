/** A tab with which GraphiQL opens. */
export type Example = { query: string; variables?: Readonly<Record<string, unknown>> };

/** How to earn, where a customer stands, and redeeming: operations for the demo program. */
export const ECONOMY_EXAMPLES: readonly Example[] = [
  {
    query: `# How points are earned, in sentences made out of the live rules. With a customer's token, also what is left of limits.
query Ways($locale: String) {
  howToEarn(locale: $locale) {
    name
    sentence
    limits {
      per
      points
      uses
    }
  }
}
`,
    variables: { locale: 'en' },
  },
  {
    query: `# Tier, level and what comes next for a customer.
query Tiers($externalId: String!) {
  customer(externalId: $externalId) {
    tiers {
      ladder {
        name
      }
      tier {
        name
        benefits {
          name
        }
      }
      progress
      toNext {
        tier {
          name
        }
        missing
      }
      toStay
      reviewAt
    }
    level {
      number
      points
      toNext
    }
    nextSteps(first: 3) {
      kind
      name
      missing
      unit
    }
  }
}
`,
    variables: { externalId: '1981' },
  },
  {
    query: `# What a customer can have for points, and why not the rest.
query Rewards($customer: String!) {
  rewards(first: 5) {
    nodes {
      code
      stockLeft
      texts(locale: "en") {
        name
      }
      canRedeem(customerExternalId: $customer) {
        ... on RewardOpen {
          points
        }
        ... on RewardClosed {
          refusals {
            code
            message
          }
        }
      }
    }
  }
}
`,
    variables: { customer: '1981' },
  },
  {
    query: `# Redeems a reward. Points, piece and code come together or not at all; the same key answers the same again.
mutation Redeem($input: RewardRedeemInput!) {
  rewardRedeem(input: $input) {
    __typename
    ... on RewardRedeemPayload {
      redemption {
        id
        state
        code
      }
      balance {
        available
      }
    }
    ... on RedemptionRefusedError {
      refusals {
        code
        message
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
      input: { idempotencyKey: 'my-first-redemption', customerExternalId: '1981', reward: 'free_shipping' },
    },
  },
  {
    query: `# A customer's redemptions as they change: first those that are open. Redeem in another tab.
subscription Redemptions($externalId: String!) {
  redemptionChanged(customerExternalId: $externalId) {
    isSnapshot
    redemptions {
      id
      version
      state
      code
      texts {
        name
      }
    }
  }
}
`,
    variables: { externalId: '1981' },
  },
];
