import type { EnrolmentState } from '#domain/enrolment/enrolment.ts';

import { builder } from './builder.ts';

export const EnrolmentStateEnum = builder.enumType('EnrolmentState', {
  description: 'Where a person stands with the program.',
  subGraphs: ['Public'],
  values: {
    NOT_ENROLLED: { description: 'Known, perhaps eligible; never asked, or never joined.' },
    INVITED: { description: 'Asked to join, and has not answered.' },
    ENROLLED: { description: 'Takes part.' },
    PAUSED: { description: 'Takes part again once resumed.' },
    LEFT: { description: 'Has gone; the rejoin rule of the program says whether to come back.' },
    BLOCKED: { description: 'Shut out by the team until unblocked; customer tokens are refused.' },
  } satisfies Record<EnrolmentState, object>,
});
