import { z } from 'zod';
import { factsProbe } from '../facts/probe.ts';
import { factsAsVars } from '../facts/vars.ts';
import { defineModule } from './module.ts';

/** The host's facts, read again; the routes to the same peers as before. */
export const setupModule = defineModule({
  name: 'setup',
  params: z.strictObject({}),
  check: (_, { facts }) => factsProbe(Object.keys(facts.routes)),
  plan: () => [],
  result: (_, facts) => ({ ansible_facts: factsAsVars(facts).ansible_facts ?? {} }),
  facts: (facts) => facts,
});
