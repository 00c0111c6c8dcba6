// Where the servers for programs of others listen, and how they end.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');

// Serves http and https on loopback, with the certificate of a folder; prints "ws PORT", "wss PORT",
// "ready"; ends with standard input. Returns the server for https.
function listen(folder, answer)
{
    const tls = {
        key: fs.readFileSync(`${folder}/server.key`),
        cert: fs.readFileSync(`${folder}/server.pem`),
    };
    const plain = http.createServer(answer);
    const secure = https.createServer(tls, answer);

    plain.listen(0, '127.0.0.1', () => secure.listen(0, '127.0.0.1', () =>
        console.log(`ws ${plain.address().port}\nwss ${secure.address().port}\nready`)));
    process.stdin.resume().on('end', () => process.exit(0));
    return secure;
}

module.exports = { listen };
