// What stands before each JScript of this folder; tests/e2e/scripts.py puts them together.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

var http = new ActiveXObject('WinHttp.WinHttpRequest.5.1');

function argument(i)
{
    return WScript.Arguments.Item(i);
}

// A line in ASCII: other characters as <hexadecimal number>.
function say(text)
{
    var line = '', i, code;

    text = String(text);
    for (i = 0; i < text.length; i++)
    {
        code = text.charCodeAt(i);
        line += code < 32 || code > 126 ? '<' + code.toString(16) + '>' : text.charAt(i);
    }
    WScript.Echo(line);
}

// What a call gives, or how it fails.
function attempt(call)
{
    try
    {
        say(call());
    }
    catch (error)
    {
        say('error ' + (error.number >>> 0).toString(16));
    }
}
