// MIRROR-URL TEXT-URL HEADERS-URL: text of the whole of Unicode, there and back; the headers.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

var text = 'Gr\u00fc\u00dfe, \u4e16\u754c \ud83c\udf0d';

http.Open('POST', argument(0), false);
http.SetRequestHeader('Content-Type', 'application/json');
http.SetRequestHeader('X-Absent', 'x');
http.SetRequestHeader('X-Absent', '');
http.Send('"' + text + '"');
say(http.ResponseText);

http.Option(0) = 'a script';
say(http.Option(0));
http.Open('GET', argument(1), false);
http.Send();
say(http.ResponseText);
http.Open('GET', argument(2), false);
http.Send();
say(http.ResponseText);
