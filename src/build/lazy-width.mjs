/**
 * Loads the package string-width, whose Unicode tables cost each start 25 ms, only for a text that is not plain ASCII.
 * Every copy of it in node_modules is wrapped, so whoever imports it gets the version it was made for.
 */
export const lazyWidth = {
  name: 'lazy-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'resolving' || kind !== 'import-statement') return undefined;
      const { path: real } = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
      return { path: real, namespace: 'lazy-width' };
    });
    build.onLoad({ filter: /./, namespace: 'lazy-width' }, ({ path }) => ({
      resolveDir: '/',
      contents: `
        let measure;
        export default (text, options) => {
          if (/^[ -~]*$/.test(text)) return text.length;
          measure ??= require(${JSON.stringify(path)}).default;
          return measure(text, options);
        };`,
    }));
  },
};
