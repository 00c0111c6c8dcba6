// MIRROR-URL: calls as scripts write them, with arguments left out and of other types.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

function answer()
{
    return http.status + ' ' + http.responsetext;
}

attempt(answer);
attempt(function () { return http.Send(); });
attempt(function () { return http.Option(1); });
attempt(function () { return http.Option(99); });
attempt(function () { return http.Open('GET', ''); });

http.open('POST', argument(0));
http.setrequestheader('content-type', 17);
http.send(undefined);
say(http.waitforresponse());
say(answer());
http.Send();
say(answer());
http.Send('again');
say(answer());
attempt(function () { return http.SetRequestHeader('X', 'y'); });

http.Option(4) = '256';
say(http.Option(4));
attempt(function () { http.Option(4) = 1; });
say(http.Option(4));
http.Option('6') = 0;
say(http.Option(6));
http.SetTimeouts('0', 60000.0, 30000, 30000);
attempt(function () { return http.SetTimeouts(0, 0, 0, -2); });
http.SetAutoLogonPolicy(0);
attempt(function () { return http.SetProxy(3); });
attempt(function () { return http.SetCredentials('user', 'password', 2); });
http.Open('GET', argument(0), 1);
http.Send();
say(http.WaitForResponse('60'));
say(answer());
