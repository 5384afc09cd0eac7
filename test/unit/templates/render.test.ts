import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deriveNode, type NodePlan } from '../../../src/cluster/derive.ts';
import { createTemplates } from '../../../src/config/template.ts';
import { readCase } from '../cluster/cases.ts';

const FIXTURES = `${import.meta.dirname}/../../fixtures/render`;
const TEMPLATES = `${import.meta.dirname}/../../../templates`;

const templates = createTemplates();
const render = (name: string, node: NodePlan) =>
  templates.renderText({ name, text: readFileSync(`${TEMPLATES}/${name}`, 'utf8') }, (variable) =>
    variable === 'node' ? node : undefined,
  );

/** Configurations differ from node to node; scripts and drop-ins are looked at on the first one. */
function wanted(node: NodePlan): string[] {
  const configurations = [node.engine === 'nginx' ? 'nginx.conf' : 'haproxy.cfg', 'keepalived.conf'];
  if (node.name !== node.nodes[0]) return configurations;
  const method = node.haproxy.method === 'package' ? 'service.conf' : `${node.haproxy.method}.service`;
  const service = node.engine === 'nginx' ? [] : [`haproxy.${method}`];
  const keepalived = node.keepalived.method === 'package' ? [] : ['keepalived.source.service'];
  const syslog = node.syslog.enabled ? ['rsyslog.conf', 'logrotate.conf'] : [];
  return [...configurations, ...service, ...keepalived, 'keepalived.service.conf', 'chk_haproxy.sh', 'notify.sh', ...syslog];
}

describe.each(readdirSync(FIXTURES))('%s', (name) => {
  const { spec, nodes, inventory } = readCase(`${FIXTURES}/${name}/cluster.yml`);
  const files = nodes.flatMap(({ name: self }) => {
    const node = deriveNode(spec, self, nodes, inventory);
    return wanted(node).map((file) => ({ self, file, node }));
  });
  it.each(files)('$self: $file', async ({ self, file, node }) => {
    const text = render(`${file}.hbs`, node);
    expect(text).not.toMatch(/[ \t]$|\t|\n\n\n|\n\n$/m);
    await expect(text).toMatchFileSnapshot(`${FIXTURES}/${name}/${self}/${file}`);
  });
});
