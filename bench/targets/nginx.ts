import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, startOnCore } from '../child-process.ts';
import { nginxVersion } from '../machine.ts';
import { freePort } from './free-port.ts';
import type { Surroundings, TargetKind } from './target.ts';
import { waitForPort } from './wait-for-port.ts';

/** One nginx worker set up as one would for a streaming API: nothing buffered, connections to the upstream kept. */
export const nginx: TargetKind = {
  name: 'nginx',
  label: 'nginx',
  missing: () => (nginxVersion() === null ? 'nginx is not installed (Debian: apt-get install nginx)' : null),
  async start(surroundings) {
    const port = await freePort();
    const config = join(surroundings.folder, 'nginx.conf');
    mkdirSync(surroundings.folder, { recursive: true });
    writeFileSync(config, configuration(port, surroundings));
    const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
    const child = startOnCore(
      surroundings.core,
      'nginx',
      ['-p', surroundings.folder, '-e', 'error.log', '-c', config],
      {
        stdio: 'inherit',
        env: { ...process.env, PATH: path },
      },
    );
    await waitForPort(child, port, 5_000);
    return { port, headers: {}, pid: child.pid ?? null, stop: () => endProcess(child) };
  },
};

function configuration(port: number, { upstreamPort, folder }: Surroundings): string {
  // A root master gives up its rights to a user that may not enter the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
${user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')} error;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${join(folder, 'body')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  tcp_nodelay on;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_max_body_size 64m;
  upstream bench {
    server 127.0.0.1:${upstreamPort};
    keepalive 2048;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
    }
  }
}
`;
}
