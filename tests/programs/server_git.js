// A git server by Node.js and `git http-backend`, for the programs of others.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
//   node server_git.js TLS-FOLDER REPOSITORIES
//
// Listens on loopback, prints "ws PORT", "wss PORT" (http and https), "ready", ends with standard
// input. Standard error has a line for each request: method, path, how its body came; and another
// for each that is refused.
//   /NAME           the bare repository NAME
//   /moved/NAME     redirects there, always by https: libgit2 goes nowhere else
//   /login/NAME     lets in alice with the password secret, by Basic

'use strict';

const { spawn } = require('child_process');

const { listen } = require('./listen');

const LOGIN = `Basic ${Buffer.from('alice:secret').toString('base64')}`;

const [folder, repositories] = process.argv.slice(2);

function refuse(request, response, status, fields)
{
    const login = request.headers.authorization ? 'with' : 'without';

    if (status === 401)
        console.error(`refused ${request.method} ${request.url.split('?')[0]} ${login} a login`);
    request.resume();
    response.writeHead(status, fields);
    response.end('no');
}

// What a CGI program says: fields, an empty line, a body.
function relay(program, response)
{
    let head = Buffer.alloc(0);

    program.stdout.on('data', (piece) =>
    {
        if (response.headersSent)
        {
            response.write(piece);
            return;
        }
        head = Buffer.concat([head, piece]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const fields = Object.fromEntries(head.subarray(0, end).toString().split('\r\n')
            .map((line) => line.split(/: */, 2)));
        const status = parseInt(fields.Status || '200', 10);
        delete fields.Status;
        response.writeHead(status, fields);
        response.write(head.subarray(end + 4));
    });
    program.stdout.on('end', () => response.end());
}

function serve(path, query, request, response)
{
    const program = spawn('git', ['http-backend'], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
            ...process.env,
            GIT_PROJECT_ROOT: repositories,
            GIT_HTTP_EXPORT_ALL: '1',
            PATH_INFO: path,
            QUERY_STRING: query,
            REQUEST_METHOD: request.method,
            CONTENT_TYPE: request.headers['content-type'] || '',
            CONTENT_LENGTH: request.headers['content-length'] || '',
            HTTP_CONTENT_ENCODING: request.headers['content-encoding'] || '',
            REMOTE_USER: 'alice',
            REMOTE_ADDR: '127.0.0.1',
        },
    });

    program.stdin.on('error', () => {});    // it may end before it has read all
    request.pipe(program.stdin);
    relay(program, response);
}

function answer(request, response)
{
    const [path, query = ''] = request.url.split('?');
    const coding = request.headers['transfer-encoding'] || 'length';

    console.error(`${request.method} ${path} ${coding}`);
    if (path.startsWith('/moved/'))
        refuse(request, response, 301,
            { Location: `https://localhost:${secure.address().port}${request.url.slice(6)}` });
    else if (!path.startsWith('/login/'))
        serve(path, query, request, response);
    else if (request.headers.authorization === LOGIN)
        serve(path.slice(6), query, request, response);
    else
        refuse(request, response, 401, { 'WWW-Authenticate': 'Basic realm="git"' });
}

const secure = listen(folder, answer);
