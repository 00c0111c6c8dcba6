' SET-URL SHOW-URL: cookies are an object's.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Request "GET", Arguments.Item(1)
SayAnswer
Request "GET", Arguments.Item(0)
SayAnswer
Request "GET", Arguments.Item(1)
SayAnswer
Set Http = CreateObject("WinHttp.WinHttpRequest.5.1")
Request "GET", Arguments.Item(1)
SayAnswer
