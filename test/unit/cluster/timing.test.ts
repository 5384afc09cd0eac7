import { describe, expect, it } from 'vitest';
import { instancesOf } from '../../../src/cluster/instances.ts';
import { predictOutages } from '../../../src/cluster/timing.ts';
import { balancers } from './hosts.ts';
import { spec } from './specs.ts';

/** Outages as measured in a network namespace with keepalived 2.2.7 (backup priority 100, interval 2, fall 2) must lie in the predicted span. */
const predict = (vrrp: object, check: object = {}) => {
  const priorities = { lb1: 110, lb2: 100 };
  const [instance] = instancesOf(
    spec({ vrrp: { priorities, ...vrrp }, proxy_check: { interval_seconds: 2, fall: 2, ...check } }),
    balancers(),
  );
  if (!instance) throw new Error('no instance');
  return predictOutages(instance);
};

describe('predicted outages', () => {
  const v3 = { version: 3, advert_seconds: 0.1 };
  it.each([
    ['keepalived stopped', {}, {}, 'stop', 0.63],
    ['keepalived stopped, v3', v3, {}, 'stop', 0.061],
    ['keepalived stopped, priorities near the top', { priorities: { lb1: 254, lb2: 253 } }, {}, 'stop', 0.0117],
    ['power lost', {}, {}, 'silence', 3.59],
    ['power lost, v3', v3, {}, 'silence', 0.33],
    ['HAProxy dead', {}, {}, 'dead', 3.03],
    ['HAProxy dead, v3', v3, {}, 'dead', 3.68],
    ['HAProxy dead, weight −20', {}, { weight: -20 }, 'dead', 5.56],
    ['HAProxy dead, weight −20, v3', v3, { weight: -20 }, 'dead', 3.91],
    ['HAProxy hung', {}, { timeout_seconds: 1 }, 'hung', 3.93],
  ] as const)('%s', (_, vrrp, check, event, measured) => {
    const span = predict(vrrp, check)[event];
    expect(span?.from).toBeLessThanOrEqual(measured);
    // A process notices the end of a timer a little late.
    expect(measured).toBeLessThanOrEqual((span?.to ?? 0) + 0.03);
  });
  it('takes the skew from the best backup, whatever the order of names', () =>
    expect(predict({ priorities: { lb1: 200, lb2: 240 } }).stop.to).toBeCloseTo(56 / 256));
  it('predicts nothing about a proxy that nobody asks', () => {
    const [instance] = instancesOf(spec({ vrrp: { checks: ['chk_maintenance'] } }), balancers());
    expect(instance && predictOutages(instance)).not.toHaveProperty('dead');
  });
});
