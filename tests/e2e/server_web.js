// Plain HTTP by Node.js, for the end-to-end tests.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
//   node server_web.js TLS-FOLDER
//
// Listens on loopback, prints "ws PORT", "wss PORT" (http and https), "ready", ends with standard
// input.
//   /upload         what came: its transfer coding or "length", its size
//   /gzip /deflate  PATTERN_SIZE bytes, compressed and in chunks
//   /trailers       PATTERN_SIZE bytes in chunks, and fields behind them
//   /to/NNN/PATH    status NNN, Location: /PATH
//   /set /cookie    sets cookies; says which came
//   /status/NNN     that status
//   /text/CHARSET   a short text in utf-8, named as such, or in latin1, without a word about it
//   /mirror         what came: verb, type, length, and the body in hexadecimal
//   /never          no answer

'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');
const zlib = require('zlib');

const PATTERN_SIZE = 3000000;
const pattern = Buffer.from(Array.from({ length: PATTERN_SIZE }, (_, i) => i % 251));

function say(response, text)
{
    response.writeHead(200, { 'Content-Length': text.length });
    response.end(text);
}

function receive(request, response)
{
    let size = 0;

    request.on('data', (piece) =>
    {
        for (const byte of piece) if (byte !== size++ % 251) size = NaN;
    });
    request.on('end', () =>
        say(response, `${request.headers['transfer-encoding'] || 'length'} ${size}`));
}

function mirror(request, response)
{
    const pieces = [];
    const { headers, method } = request;

    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () =>
    {
        response.setHeader('Content-Type', 'text/plain; charset=utf-8');
        say(response, `${method} ${headers['content-type']} ${headers['content-length']} ` +
                      Buffer.concat(pieces).toString('hex'));
    });
}

function sayIn(charset, response)
{
    const named = charset === 'utf-8';
    const text = Buffer.from(named ? 'Gr\u00fc\u00dfe, \u4e16\u754c' : 'Gr\u00fc\u00dfe', charset);

    response.sendDate = false;
    response.writeHead(200, 'All right',
                       { 'Content-Type': named ? 'text/plain; charset=utf-8' : 'text/plain',
                         'Content-Length': text.length, Connection: 'close' });
    response.end(text);
}

function compress(response, coding, stream)
{
    response.writeHead(200, { 'Content-Encoding': coding });
    stream.pipe(response);
    stream.end(pattern);
}

function answer(request, response)
{
    const words = request.url.split('/');

    switch (words[1])
    {
    case 'upload':
        receive(request, response);
        break;
    case 'gzip':
        compress(response, 'gzip', zlib.createGzip());
        break;
    case 'deflate':
        compress(response, 'deflate', zlib.createDeflate());
        break;
    case 'trailers':
        response.writeHead(200, { Trailer: 'X-One, X-Two' });
        response.write(pattern);
        response.addTrailers({ 'X-One': 'one', 'X-Two': 'two' });
        response.end();
        break;
    case 'to':
        request.resume();
        request.on('end', () =>
        {
            response.writeHead(Number(words[2]), { Location: `/${words.slice(3).join('/')}` });
            response.end('moved');
        });
        break;
    case 'set':
        response.setHeader('Set-Cookie', ['one=1; Path=/', 'two=2; Path=/cookie; HttpOnly',
                                          'other=3; Path=/elsewhere', 'gone=4; Max-Age=0']);
        say(response, 'set');
        break;
    case 'cookie':
        say(response, request.headers.cookie || '');
        break;
    case 'status':
        response.writeHead(Number(words[2]), { ETag: '"x"' });
        response.end();
        break;
    case 'text':
        sayIn(words[2], response);
        break;
    case 'mirror':
        mirror(request, response);
        break;
    case 'never':
        request.resume();
        break;
    default:
        response.writeHead(404);
        response.end();
    }
}

function serve(server, name)
{
    server.on('request', answer);
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () =>
    {
        console.log(`${name} ${server.address().port}`);
        resolve();
    }));
}

async function main(folder)
{
    const tls = { cert: fs.readFileSync(`${folder}/server.pem`),
                  key: fs.readFileSync(`${folder}/server.key`) };

    await serve(http.createServer(), 'ws');
    await serve(https.createServer(tls), 'wss');
    console.log('ready');
    process.stdin.resume();
    process.stdin.on('end', () => process.exit(0));
}

main(process.argv[2]);
