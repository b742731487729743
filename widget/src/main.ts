import { defineElements } from './elements/define.ts';

export * from './index.ts';

defineElements();
