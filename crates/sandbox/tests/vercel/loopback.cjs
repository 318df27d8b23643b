// Loaded into every Node process of a peer: a connection that leaves this machine is refused and written down.
'use strict';
const dns = require('node:dns');
const fs = require('node:fs');
const net = require('node:net');

const local = (host) => host === undefined || host === 'localhost' || host === '::1' || host.startsWith('127.');
const refuse = (host) => {
  fs.appendFileSync(process.env.STAGEGATE_OUTSIDE, `${host}\n`);
  return Object.assign(new Error(`not on this machine: ${host}`), { code: 'ECONNREFUSED' });
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = typeof options === 'object' && options !== null ? options.host : typeof args[1] === 'string' ? args[1] : undefined;
  if (host !== undefined && !local(host)) {
    process.nextTick(() => this.destroy(refuse(host)));
    return this;
  }
  return connect.apply(this, args);
};

const lookup = dns.lookup;
dns.lookup = function (host, ...rest) {
  if (!local(host)) {
    const callback = rest[rest.length - 1];
    process.nextTick(() => callback(refuse(host)));
    return;
  }
  return lookup.call(dns, host, ...rest);
};
