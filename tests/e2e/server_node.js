// Echo server on the npm package ws, for the end-to-end tests.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
//   node server_node.js TLS-FOLDER
//
// Listens on loopback, prints "ws PORT", "wss PORT", "ready", ends with standard input. Paths as
// those of echod: /echo, /echo-fragments, /close?code=&reason=, /status/NNN, /hello.

'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');
const { WebSocketServer } = require('ws');

const FRAGMENTS = 3;

function sendFragments(socket, data, binary)
{
    for (let i = 0; i < FRAGMENTS; i++)
    {
        const part = data.subarray(Math.floor(data.length * i / FRAGMENTS),
                                   Math.floor(data.length * (i + 1) / FRAGMENTS));
        socket.send(part, { binary, fin: i === FRAGMENTS - 1 });
    }
}

function answer(socket, url, data, binary)
{
    if (url.pathname === '/close')
        socket.close(Number(url.searchParams.get('code')), url.searchParams.get('reason'));
    else if (url.pathname === '/echo-fragments')
        sendFragments(socket, data, binary);
    else
        socket.send(data, { binary });
}

function serve(server, scheme, sockets)
{
    server.on('request', (request, response) =>
    {
        response.writeHead(request.url === '/hello' ? 200 : 404, { 'Content-Type': 'text/plain' });
        response.end(request.url === '/hello' ? 'Hello, world!\n' : 'Nothing here.\n');
    });
    server.on('upgrade', (request, stream, head) =>
    {
        const url = new URL(request.url, 'http://localhost');
        const refused = /^\/status\/(\d{3})$/.exec(url.pathname);

        if (refused)
        {
            stream.end(`HTTP/1.1 ${refused[1]} Refused\r\nContent-Length: 0\r\n` +
                       'Connection: close\r\n\r\n');
            return;
        }
        sockets.handleUpgrade(request, stream, head, (socket) =>
        {
            socket.on('error', () => {});
            socket.on('message', (data, binary) => answer(socket, url, data, binary));
        });
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () =>
    {
        console.log(`${scheme} ${server.address().port}`);
        resolve();
    }));
}

async function main(folder)
{
    const tls = { cert: fs.readFileSync(`${folder}/server.pem`),
                  key: fs.readFileSync(`${folder}/server.key`) };
    const sockets = new WebSocketServer({ noServer: true });

    await serve(http.createServer(), 'ws', sockets);
    await serve(https.createServer(tls), 'wss', sockets);
    console.log('ready');
    process.stdin.resume();
    process.stdin.on('end', () => process.exit(0));
}

main(process.argv[2]);
