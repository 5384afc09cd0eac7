import { debian } from './debian.ts';
import type { Image } from './image.ts';

/** A backend: Debian whose nginx answers every request with its own name. */
export const web: Image = {
  name: 'web',
  from: debian,
  packages: ['nginx'],
  files: [
    {
      path: '/etc/nginx/sites-available/default',
      text: `server {
  listen 80 default_server;
  listen [::]:80 default_server;
  default_type text/plain;
  location / {
    return 200 "$hostname\\n";
  }
}
`,
    },
  ],
  setup: [],
  preload: [],
  network: debian.network,
  boot: debian.boot,
};
