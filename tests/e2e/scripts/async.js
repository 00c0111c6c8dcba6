// URL SILENT-URL: requests that the script does not wait for, or not for long.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

function open(url)
{
    http.Open('GET', url, true);
    http.Send();
}

function text()
{
    return http.Status + ' ' + http.ResponseText;
}

open(argument(0));
say(http.WaitForResponse(60));
say(text());
open(argument(0));
say(http.WaitForResponse());
say(text());

open(argument(1));
say(http.WaitForResponse(0));
say(http.WaitForResponse(1));
attempt(text);
http.Abort();
attempt(text);
attempt(function () { http.Send(); });

http.SetTimeouts(0, 60000, 30000, 300);
open(argument(1));
attempt(function () { return http.WaitForResponse(60); });
attempt(function () { http.Open('GET', argument(1), false); http.Send(); });
open(argument(0));
say(http.WaitForResponse(60));
say(text());
