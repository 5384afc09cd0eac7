import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', root, include: ['unit/**/*.test.ts'], exclude: ['unit/cli/**'], testTimeout: 30_000 } },
      // These run the bundle in processes of its own, so it is built first.
      { test: { name: 'cli', root, include: ['unit/cli/**/*.test.ts'], globalSetup: [`${root}/bundle.mjs`], testTimeout: 30_000 } },
      {
        test: {
          name: 'e2e',
          root,
          include: ['e2e/**/*.test.ts'],
          globalSetup: [`${root}/bundle.mjs`],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'systems',
          root,
          include: ['systems/**/*.test.ts'],
          globalSetup: [`${root}/bundle.mjs`],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
