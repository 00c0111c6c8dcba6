// What wxWidgets's tests and ours for .NET ask of httpbin.org, by Node.js.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
//   node server_httpbin.js TLS-FOLDER
//
// Listens on loopback, prints "ws PORT", "wss PORT" (http and https), "ready", ends with standard
// input.
//   /bytes/N                       N bytes
//   /status/NNN                    that status, with a body
//   /base64/TEXT                   what TEXT stands for
//   /response-headers?NAME=VALUE   those as fields
//   /get?NAME=VALUE /post /put     what was asked, as JSON
//   /anything                      the same, by any method
//   /basic-auth/USER/PASSWORD      lets in that one
//   /digest-auth/QOP/USER/PASSWORD the same by Digest, MD5
//   /delay/N                       an answer after N seconds
//   /redirect-to?url=&status=      to that place
//   /redirect-loop                 to itself
//   /cookies/set/NAME/VALUE        that cookie
//   /compressed/CODING/N           N bytes by gzip or deflate
//   /stall/N                       N bytes of twice as many, and then nothing
//   /cut/N                         the same, and then the end

'use strict';

const crypto = require('crypto');
const zlib = require('zlib');

const { listen } = require('./listen');

const NONCE = crypto.randomBytes(16).toString('hex');

function say(response, status, fields, body)
{
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...fields });
    response.end(body);
}

function challenge(response, words)
{
    say(response, 401, { 'WWW-Authenticate': words }, 'no');
}

function md5(...parts)
{
    return crypto.createHash('md5').update(parts.join(':')).digest('hex');
}

// RFC 7616 3.4.1
function digest(request, user, password)
{
    const fields = {};

    for (const [, name, quoted, plain] of
        (request.headers.authorization || '').matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g))
        fields[name] = quoted === undefined ? plain : quoted;
    return fields.nonce === NONCE && fields.response ===
        md5(md5(user, 'httpbin', password), NONCE, fields.nc, fields.cnonce, fields.qop,
            md5(request.method, fields.uri));
}

function compressed(response, coding, length)
{
    const pack = coding === 'gzip' ? zlib.gzipSync : zlib.deflateSync;

    say(response, 200, { 'Content-Encoding': coding }, pack(Buffer.alloc(length, 'x')));
}

// Calls behind when the first half is with the kernel.
function half(response, length, behind)
{
    response.writeHead(200, { 'Content-Length': 2 * length });
    response.write(Buffer.alloc(length, 'x'), behind);
}

function answer(request, response, body)
{
    const url = new URL(request.url, 'http://localhost');
    const [, verb, ...words] = url.pathname.split('/');
    const asked = Object.fromEntries(url.searchParams);
    const data = body.toString('base64');
    const { method, headers } = request;
    const json = JSON.stringify({ method, args: asked, headers, data });
    const login = `Basic ${Buffer.from(words.join(':')).toString('base64')}`;

    switch (verb)
    {
    case 'bytes':
        say(response, 200, {}, Buffer.alloc(Number(words[0]), 'x'));
        break;
    case 'status':
        say(response, Number(words[0]), {}, /204|304/.test(words[0]) ? '' : 'a teapot, perhaps');
        break;
    case 'base64':
        say(response, 200, {}, Buffer.from(words[0], 'base64'));
        break;
    case 'response-headers':
        say(response, 200, asked, json);
        break;
    case 'get':
    case 'post':
    case 'put':
        if (request.method === verb.toUpperCase()) say(response, 200, {}, json);
        else say(response, 405, {}, 'no');
        break;
    case 'anything':
        say(response, 200, {}, json);
        break;
    case 'redirect-to':
        say(response, Number(asked.status), { Location: asked.url }, '');
        break;
    case 'redirect-loop':
        say(response, 302, { Location: request.url }, '');
        break;
    case 'cookies':
        say(response, 200, { 'Set-Cookie': `${words[1]}=${words[2]}; Path=/` }, '');
        break;
    case 'compressed':
        compressed(response, words[0], Number(words[1]));
        break;
    case 'stall':
        half(response, Number(words[0]));
        break;
    case 'cut':
        half(response, Number(words[0]), () => response.destroy());
        break;
    case 'basic-auth':
        if (request.headers.authorization === login) say(response, 200, {}, json);
        else challenge(response, 'Basic realm="httpbin"');
        break;
    case 'digest-auth':
        if (digest(request, words[1], words[2])) say(response, 200, {}, json);
        else
            challenge(response,
                `Digest realm="httpbin", nonce="${NONCE}", qop="${words[0]}", algorithm=MD5`);
        break;
    case 'delay':
        setTimeout(() => say(response, 200, {}, json), Number(words[0]) * 1000);
        break;
    default:
        say(response, 404, {}, 'no');
    }
}

function collect(request, response)
{
    const pieces = [];

    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => answer(request, response, Buffer.concat(pieces)));
}

listen(process.argv[2], collect);
